import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";

export interface Ran {
  readonly code: number;
  readonly said: string;
  readonly err: string;
}

/** Why no copy of this machine's files can be made here; undefined where one can. */
export function noScratchRoot(folder: string): string | undefined {
  const tried = Bun.spawnSync(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", folder], { stderr: "ignore" });
  return tried.exitCode === 0 ? undefined : "no root, or no mounts here";
}

/**
 * Runs a script of shell in a throw-away copy of this machine's files, with the named files in its /root. Nothing of it
 * reaches the machine, and no service starts.
 */
export function inScratchRoot(folder: string, files: readonly string[], script: string): Ran {
  mkdirSync(folder, { recursive: true });
  const lines = [
    "set -e",
    `mount -t tmpfs tmpfs ${folder}; cd ${folder}; mkdir upper work root`,
    `mount -t overlay overlay -o lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work root`,
    // Under the copy itself the files are still the machine's.
    ...files.map((file) => `cp ${file} root/root/${basename(file)}`),
    "mount -t proc proc root/proc; mount --bind /dev root/dev; mount -t tmpfs tmpfs root/run",
    `exec chroot root sh -eu -c '${script.replaceAll("'", `'\\''`)}'`,
  ];
  const done = Bun.spawnSync(["unshare", "-m", "sh", "-c", lines.join("\n")]);
  return { code: done.exitCode, said: done.stdout.toString(), err: done.stderr.toString() };
}

export function scratchRootUnder(folder: string): string {
  return join(folder, `layers-${crypto.randomUUID()}`);
}
