import { closeSync, fsyncSync, openSync } from "node:fs";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { assert } from "../base/assert.ts";

/** Syncs what an open file of the engine stands for. Throws the system's error. */
export type SyncFile = (descriptor: number) => void;

/** PGlite keeps its types of the file system to itself: this is as much as we reach into. */
interface EngineFile {
  /** The descriptor of the real file; a directory has none. */
  readonly nfd?: number;
  readonly node: unknown;
}
interface NodeFileSystem {
  readonly stream_ops: { fsync?: (file: EngineFile) => number };
  readonly realPath: (node: unknown) => string;
  /** Turns a system error into the errno that PostgreSQL expects. */
  readonly tryFSOperation: <T>(operation: () => T) => T;
}
type InitOptions = Parameters<NodeFS["init"]>[1];
type InitResult = ReturnType<NodeFS["init"]>;

/**
 * PGlite's file system answers fsync with success and does nothing, so a power cut takes what was acknowledged.
 * This one syncs, directories too: PostgreSQL counts on that after it renamed a file.
 */
export class SyncedNodeFs extends NodeFS {
  constructor(
    directory: string,
    private readonly syncFile: SyncFile = fsyncSync,
  ) {
    super(directory);
  }

  override async init(engine: Parameters<NodeFS["init"]>[0], options: InitOptions): InitResult {
    const { emscriptenOpts } = await super.init(engine, options);
    const install = (module: { NODEFS: object }): void => installSync(module.NODEFS, this.syncFile);
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), install] } };
  }
}

function installSync(fileSystem: object, syncFile: SyncFile): void {
  const nodeFs = fileSystem as NodeFileSystem;
  const known = [nodeFs.realPath, nodeFs.tryFSOperation].every((member) => typeof member === "function");
  assert(known && typeof nodeFs.stream_ops === "object", "PGlite's file system is the one whose fsync we replace");
  nodeFs.stream_ops.fsync = (file) =>
    nodeFs.tryFSOperation(() => {
      if (file.nfd === undefined) syncPath(nodeFs.realPath(file.node), syncFile);
      else syncFile(file.nfd);
      return 0;
    });
}

/** Makes a directory's entries, or a closed file, survive a power cut. */
export function syncPath(path: string, syncFile: SyncFile = fsyncSync): void {
  const descriptor = openSync(path, "r");
  try {
    syncFile(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
