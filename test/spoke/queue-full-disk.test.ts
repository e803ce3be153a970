import { expect, test } from "bun:test";
import { join } from "node:path";
import type { FullDiskReport } from "../support/full-disk-child.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** A file system of this size in a namespace of its own: nothing outside the child sees it. */
const DISK = "8m";
const IN_OWN_DISK = `mount -t tmpfs -o size=${DISK} tmpfs "$1" && shift && exec "$@"`;
const TIMEOUT_MS = 120_000;

function onSmallDisk(...command: string[]): Bun.SyncSubprocess<"pipe", "pipe"> {
  const folder = temporaryDirectory();
  return Bun.spawnSync(["unshare", "-rm", "sh", "-c", IN_OWN_DISK, "sh", folder, ...command, folder]);
}

/** A container may forbid namespaces, and no other disk may be filled for a test: it then counts as skipped, not passed. */
const canMount = Bun.which("unshare") !== null && onSmallDisk("true").exitCode === 0;

test.skipIf(!canMount)(
  "on a full disk the worst still enter, for receipts of what they push out, and nothing is lost silently",
  () => {
    const child = onSmallDisk(process.execPath, join(import.meta.dir, "../support/full-disk-child.ts"));
    expect(child.stderr.toString()).toBe("");
    const report = JSON.parse(child.stdout.toString()) as FullDiskReport;
    expect(report.elevatedTaken).toBeGreaterThan(50);
    expect(report.refusals).toEqual(["queue_full"]);
    expect(report.criticalTaken).toHaveLength(30);
    expect(report.missing).toEqual([]);
    expect(report.receipts).toBeGreaterThan(0);
    expect(report.sentAfterwards).toBe(report.elevatedTaken + 30 - (report.receipts - 1));
  },
  TIMEOUT_MS,
);
