import { chownSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** A file's next content, not yet in its place. */
export interface Replacement {
  /** The file has the old text or the new one, whenever the machine stops. */
  commit(text: string): void;
  /** As if nothing had been begun. */
  abort(): void;
}

/**
 * Begins beside the file, so that whether it can be written is known before anything else happens. Read and written by
 * its owner alone: it will hold a key. Throws when it cannot be written.
 */
export function beginReplacement(path: string): Replacement {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  const file = openSync(beside, "wx", 0o600);
  keepOwner(path, beside);
  let open = true;
  const close = (): void => {
    if (open) closeSync(file);
    open = false;
  };
  return {
    commit(text) {
      writeSync(file, text);
      fsyncSync(file);
      close();
      renameSync(beside, path);
      syncFolder(dirname(path));
    },
    abort() {
      close();
      rmSync(beside, { force: true });
    },
  };
}

/** The administrator enrols, and the service reads: a file that was the service's stays so. */
function keepOwner(path: string, beside: string): void {
  const former = statSync(path, { throwIfNoEntry: false });
  if (former !== undefined && former.uid !== process.getuid?.()) chownSync(beside, former.uid, former.gid);
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
