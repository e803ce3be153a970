import { fsyncSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import bundlePath from "@electric-sql/pglite/pglite.data" with { type: "file" };
import initdbPath from "@electric-sql/pglite/initdb.wasm" with { type: "file" };
import pglitePath from "@electric-sql/pglite/pglite.wasm" with { type: "file" };
import { assert } from "../base/assert.ts";
import { SyncedNodeFs, type SyncFile } from "./embedded-fsync.ts";

const NO_FSYNC = "-F";

/**
 * PGlite's own start turns fsync off. Its fdatasync does nothing, hence the method; 16 MB of shared buffers save 120 MB
 * of memory at no measured cost (the system caches the files once more); little WAL is kept, so that it stays small
 * between the checkpoints of `keepUp`.
 */
const SETTINGS = ["wal_sync_method=fsync", "shared_buffers=16MB", "max_wal_size=64MB", "min_wal_size=32MB"];

export interface EngineOptions {
  /** Holds a database, and nobody else has it open. */
  readonly directory: string;
  /** Called when the disk refuses a sync; must end the process, see `openEmbedded`. */
  readonly onBrokenDisk: (error: unknown) => void;
  readonly syncFile?: SyncFile;
}

/** Everything comes from inside the executable: no file of the installation is looked for. */
export async function startEngine({ directory, onBrokenDisk, syncFile = fsyncSync }: EngineOptions): Promise<PGlite> {
  const [pgliteWasmModule, initdbWasmModule] = await Promise.all([compiled(pglitePath), compiled(initdbPath)]);
  return PGlite.create({
    fs: new SyncedNodeFs(directory, watched(syncFile, onBrokenDisk)),
    fsBundle: Bun.file(bundlePath),
    pgliteWasmModule,
    initdbWasmModule,
    startParams: startParameters(),
  });
}

async function compiled(path: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await Bun.file(path).arrayBuffer());
}

function startParameters(): string[] {
  assert(PGlite.defaultStartParams.includes(NO_FSYNC), "PGlite's start parameters turn fsync off by -F alone");
  const durable = PGlite.defaultStartParams.filter((parameter) => parameter !== NO_FSYNC);
  return [...durable, ...SETTINGS.flatMap((setting) => ["-c", setting])];
}

function watched(syncFile: SyncFile, onBrokenDisk: (error: unknown) => void): SyncFile {
  return (descriptor) => {
    try {
      syncFile(descriptor);
    } catch (error) {
      onBrokenDisk(error);
      throw error;
    }
  };
}
