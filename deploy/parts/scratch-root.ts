import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";

const LEFT = "-- left behind:";

export interface Ran {
  readonly code: number;
  readonly said: string;
  readonly err: string;
  /** What the script left behind: files and folders that were not there before it, as the copy names them. */
  readonly left: readonly string[];
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
    // Every index of man pages would be made anew each time, which takes a minute and says nothing of a package.
    "rm -f root/var/lib/man-db/auto-update",
    "mount -t proc proc root/proc; mount --bind /dev root/dev; mount -t tmpfs tmpfs root/run",
    `chroot root sh -eu -c '${script.replaceAll("'", `'\\''`)}'`,
    // Deleted files are devices here; what others write to the machine meanwhile is not in this layer.
    `echo ${LEFT}; cd upper; find . ! -type c | while read -r each; do [ -e "/$each" ] || echo "$each"; done`,
  ];
  const done = Bun.spawnSync(["unshare", "-m", "sh", "-c", lines.join("\n")]);
  const [said = "", left = ""] = done.stdout.toString().split(`${LEFT}\n`);
  const names = left.split("\n").filter((line) => line !== "");
  return { code: done.exitCode, said, err: done.stderr.toString(), left: names.map((name) => name.slice(1)) };
}

export function scratchRootUnder(folder: string): string {
  return join(folder, `layers-${crypto.randomUUID()}`);
}
