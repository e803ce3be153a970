import { chmodSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installedTool } from "../../support/debian-tool.ts";

/** A file system of its own, in a file. */
export interface Disk {
  /** Where it is mounted. */
  readonly folder: string;
  /**
   * What power cut leaves of it, mounted as another disk. The file is cloned in one instant, below the page cache: what
   * the kernel had not handed to the disk is gone, and what it had is there in the order in which it was handed over.
   */
  cut(): Disk;
  close(): void;
}

/** Files that can be cloned in an instant lie on a file system that can, which is a file too. */
export interface Disks {
  fresh(bytes: number): Disk;
  close(): void;
}

const OUTER_BYTES = 6 * 1024 ** 3;

/** Why there can be none here; undefined when there can. */
export function diskProblem(): string | undefined {
  if (process.getuid?.() !== 0) return "mounting needs root";
  if (installedTool("mkfs.xfs", "xfsprogs") === undefined) return "xfsprogs cannot be installed";
  return Bun.spawnSync(["losetup", "-f"]).exitCode === 0 ? undefined : "there are no loop devices";
}

export function openDisks(): Disks {
  const root = mkdtempSync(join(tmpdir(), "fleet-disks-"));
  // The owner of a database has to get through.
  chmodSync(root, 0o755);
  tidyAtEnd(root);
  const outer = join(root, "outer");
  sparse(`${outer}.img`, OUTER_BYTES);
  run("mkfs.xfs", "-q", "-m", "reflink=1", `${outer}.img`);
  mount(`${outer}.img`, outer);
  const open = new Set<Disk>();
  let made = 0;
  const mounted = (image: string): Disk => {
    const folder = join(root, `disk-${made++}`);
    mount(image, folder);
    const disk: Disk = {
      folder,
      cut() {
        const copy = join(outer, `cut-${made}.img`);
        run("cp", "--reflink=always", image, copy);
        return mounted(copy);
      },
      close() {
        if (!open.delete(disk)) return;
        // What still runs there after a failure must not hide it.
        run("umount", "--lazy", folder);
        rmdirSync(folder);
        rmSync(image);
      },
    };
    open.add(disk);
    return disk;
  };
  return {
    fresh(bytes) {
      const image = join(outer, `fresh-${made}.img`);
      sparse(image, bytes);
      run("mkfs.ext4", "-q", "-F", image);
      return mounted(image);
    },
    close() {
      for (const disk of [...open].toReversed()) disk.close();
      // The kernel lets go of an inner disk's file a little later than of the disk.
      run("umount", "--lazy", outer);
    },
  };
}

/** However this process ends, the pipe closes; then what is mounted goes, the innermost first, and the files with it. */
function tidyAtEnd(root: string): void {
  const script = `trap "" INT TERM HUP; read -r _
    for folder in $(awk -v root="$1/" 'index($2, root) == 1 { print $2 }' /proc/mounts | sort -r); do umount -l "$folder"; done
    rm -rf --one-file-system "$1"`;
  Bun.spawn(["/bin/sh", "-c", script, "janitor", root], { stdin: "pipe", stdout: "ignore", stderr: "ignore" }).unref();
}

function sparse(path: string, bytes: number): void {
  writeFileSync(path, "");
  truncateSync(path, bytes);
}

function mount(image: string, folder: string): void {
  mkdirSync(folder);
  run("mount", "-o", "loop", image, folder);
}

function run(...words: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync([...words]);
  if (exitCode !== 0) throw new Error(`${words.join(" ")}: ${stderr.toString()}`);
}
