import { request, type IncomingMessage } from "node:http";
import { chmodSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Type } from "typebox";
import { Fault, type FaultCode } from "../base/fault.ts";
import { parseJson } from "../base/json.ts";
import { MIB } from "../base/limits.ts";
import type { Log } from "../base/log.ts";
import { schema } from "../base/schema.ts";
import { memberInTail } from "../base/tar.ts";
import type { Call } from "../base/verbs.ts";
import type { LiveHub } from "../domain/backup/live.ts";
import { MANIFEST_NAME, readManifest } from "../domain/backup/manifest.ts";

/** A unix socket's path has 107 bytes at most on Linux, 103 elsewhere. */
const PATH_MAX = 100;
const TAIL_BYTES = 2 * MIB;

/** Who may enter the data directory may have its data: there is no other key to this door. */
function doorPath(dataDir: string): string | undefined {
  const path = join(resolve(dataDir), "door");
  return Buffer.byteLength(path) <= PATH_MAX ? path : undefined;
}

export interface RanVerb {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Undefined for a verb that the hub does not know. Faults: as the verb. */
export type RunVerb = (name: string, call: Call) => Promise<RanVerb | undefined>;

/**
 * Only one process can have the embedded database open, and only the hub's user may be the role of its own on a server.
 * So the hub lends itself to the backup verb and to those that `run` knows, by a socket in the data directory. Returns
 * what shuts the door.
 */
export function openLocalDoor(
  dataDir: string,
  hub: LiveHub,
  log: Log,
  run: RunVerb = async () => undefined,
): () => Promise<void> {
  const path = doorPath(dataDir);
  if (path === undefined) {
    log.warn("backup.no_door", { reason: "the path of the data directory is too long for a socket" });
    return async () => {};
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  const server = Bun.serve({
    unix: path,
    fetch: (asked, own) => {
      // A backup goes as slowly as the disk that takes it.
      own.timeout(asked, 0);
      return answer(asked, { hub, log, run });
    },
  });
  chmodSync(path, 0o600);
  const own = statSync(path).ino;
  return async () => {
    await server.stop(true);
    // Hubs on a server may share the folder, and then the door is the one's that came last.
    if (statSync(path, { throwIfNoEntry: false })?.ino === own) rmSync(path);
  };
}

interface Inside {
  readonly hub: LiveHub;
  readonly log: Log;
  readonly run: RunVerb;
}

async function answer(asked: Request, { hub, log, run }: Inside): Promise<Response> {
  const { pathname, searchParams } = new URL(asked.url);
  if (pathname === "/run") return ran(await asked.arrayBuffer(), run, log);
  if (pathname === "/backup") return new Response(streamOf(hub, new Date(searchParams.get("at") ?? ""), log));
  if (pathname !== "/log") return new Response(null, { status: 404 });
  const { at, detail, ...entry } = entrySchema.parse(parseJson(new Uint8Array(await asked.arrayBuffer())));
  await hub.log({ ...entry, at: new Date(at), detail: detail as Record<string, string> });
  return new Response(null, { status: 204 });
}

async function ran(body: ArrayBuffer, run: RunVerb, log: Log): Promise<Response> {
  try {
    const { verb, call } = runSchema.parse(parseJson(new Uint8Array(body)));
    log.info("door.run", { verb });
    return Response.json((await run(verb, call)) ?? null);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { code, message, hint } = error;
    return Response.json({ code, message, hint }, { status: 400 });
  }
}

const runSchema = schema(
  "request",
  Type.Object({
    verb: Type.String(),
    call: Type.Object({
      args: Type.Array(Type.String()),
      flags: Type.Record(Type.String(), Type.Union([Type.String(), Type.Boolean()])),
    }),
  }),
);

const entrySchema = schema(
  "entry",
  Type.Object({
    kind: Type.Enum(["backup", "restore"]),
    at: Type.String(),
    ok: Type.Boolean(),
    bytes: Type.Union([Type.Integer(), Type.Null()]),
    took_s: Type.Number(),
    detail: Type.Record(Type.String(), Type.Unknown()),
  }),
);

/** A backup that breaks off breaks the stream off, so nobody takes it for a whole one. */
function streamOf(hub: LiveHub, at: Date, log: Log): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const send = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of bytes) await writer.write(chunk);
  };
  hub.archive(at, send).then(
    () => writer.close(),
    (error: unknown) => {
      log.error("backup.broke_off", { error });
      return writer.abort(error);
    },
  );
  return readable;
}

/** The hub that has the directory open; undefined when none has. */
export async function askRunningHub(dataDir: string): Promise<LiveHub | undefined> {
  const socketPath = doorPath(dataDir);
  if (socketPath === undefined || !(await isAnswered(socketPath))) return undefined;
  return {
    engine: "embedded",
    async archive(at, use) {
      const reply = await ask(socketPath, `/backup?at=${at.toISOString()}`);
      const tail = createTail();
      const result = await use(tail.watch(reply));
      const manifest = memberInTail(tail.bytes(), MANIFEST_NAME);
      if (manifest === undefined) throw new Fault("unavailable", "the hub broke the backup off", "look at its log");
      return { result, manifest: readManifest(manifest) };
    },
    async log(entry) {
      const { statusCode } = await ask(socketPath, "/log", JSON.stringify(entry));
      if (statusCode !== 204) throw new Fault("unavailable", "the hub did not record it", "look at its log");
    },
  };
}

/** Undefined when no hub has the directory open. Faults: as the verb; `unavailable` when the hub is of another release. */
export async function askToRun(dataDir: string, verb: string, call: Call): Promise<RanVerb | undefined> {
  const socketPath = doorPath(dataDir);
  if (socketPath === undefined || !(await isAnswered(socketPath))) return undefined;
  const reply = await ask(socketPath, "/run", JSON.stringify({ verb, call }));
  const body = Buffer.concat(await Array.fromAsync(reply, (chunk: Uint8Array) => chunk));
  if (reply.statusCode === 200) {
    const said = parseJson(body) as RanVerb | null;
    if (said !== null) return said;
  }
  if (reply.statusCode === 400) {
    const { code, message, hint } = parseJson(body) as { code: FaultCode; message: string; hint?: string };
    throw new Fault(code, message, hint);
  }
  throw new Fault(
    "unavailable",
    `the running hub could not do this (${reply.statusCode})`,
    "look at its log, or restart it if it is of another release",
  );
}

async function isAnswered(socketPath: string): Promise<boolean> {
  try {
    const reply = await ask(socketPath, "/");
    return reply.statusCode === 404;
  } catch {
    return false;
  }
}

function ask(socketPath: string, path: string, body?: string): Promise<IncomingMessage> {
  const { promise, resolve: take, reject } = Promise.withResolvers<IncomingMessage>();
  const asking = request({ socketPath, path, method: body === undefined ? "GET" : "POST" }, take);
  asking.on("error", reject);
  asking.end(body);
  return promise;
}

/** Keeps the last bytes of what passes: the manifest stands there. */
function createTail() {
  let kept: Uint8Array = new Uint8Array(0);
  return {
    bytes: () => kept,
    async *watch(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of stream) {
        const all = Buffer.concat([kept, chunk]);
        kept = all.subarray(Math.max(0, all.byteLength - TAIL_BYTES));
        yield chunk;
      }
    },
  };
}
