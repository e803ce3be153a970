import { LIBRARY_JSON_MAX } from "../../src/base/limits.ts";
import { runtimeZstd } from "../../src/base/zstd.ts";
import type { Library, LibraryAnswer, LibraryRequest } from "../../src/domain/library.ts";
import { libraryReplySchema } from "../../src/wire/library.ts";
import type { FleetEpisode } from "../../src/wire/episode.ts";
import { rigKey } from "./episode-rows.ts";

export interface ReadReply {
  readonly version: number;
  readonly episodes: readonly FleetEpisode[];
  readonly pruned_ids: readonly string[];
  readonly total_fleet_episodes: number;
  readonly epoch?: string;
  readonly next?: string | null;
  readonly full?: boolean;
}

export type Asked = Omit<LibraryRequest, "key" | "acceptsZstd"> & { readonly acceptsZstd?: boolean };

/** Asks as a rig and reads the whole reply; undefined for 304. */
export async function ask(library: Library, rigId: string, asked: Asked = {}): Promise<ReadReply | undefined> {
  const answer = await library.answer({ key: rigKey(rigId), acceptsZstd: true, ...asked });
  return answer.status === 304 ? undefined : readReply(answer);
}

export async function readReply(answer: LibraryAnswer & { status: 200 }): Promise<ReadReply> {
  const reply: unknown = JSON.parse(new TextDecoder().decode(await readJson(answer)));
  return libraryReplySchema.parse(reply) as ReadReply;
}

async function readJson({ body, encoding }: LibraryAnswer & { status: 200 }): Promise<Uint8Array> {
  const bytes = await readBytes(body);
  return encoding === "zstd" ? runtimeZstd.decompress(bytes, LIBRARY_JSON_MAX) : bytes;
}

export async function readBytes(body: Uint8Array | ReadableStream<Uint8Array>): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What a spoke keeps: enough of it to check that nothing is lost. */
export interface ModelRig {
  readonly rigId: string;
  readonly has: Map<string, string>;
  cursor: { epoch?: string; version: number };
  run: { page: string; epoch: string; version: number; full: boolean; named: Set<string> } | undefined;
}

export function modelRig(rigId: string): ModelRig {
  return { rigId, has: new Map(), cursor: { version: 0 }, run: undefined };
}

/** One page; true when the rig is up to date with the version that its sync began at. */
export async function pullPage(library: Library, rig: ModelRig, limit: number): Promise<boolean> {
  const { cursor, run } = rig;
  const where = run === undefined ? { since: cursor.version } : { page: run.page };
  const epoch = cursor.epoch === undefined ? {} : { epoch: cursor.epoch };
  const reply = await ask(library, rig.rigId, { ...where, ...epoch, limit });
  if (reply === undefined) return true;
  const before = reply.full === true ? undefined : run;
  const full = reply.full === true || before?.full === true;
  const named = before?.named ?? new Set<string>();
  for (const episode of reply.episodes) {
    rig.has.set(episode.id, episode.resolution_summary ?? "");
    named.add(episode.id);
  }
  for (const id of reply.pruned_ids) rig.has.delete(id);
  const { version, epoch: replyEpoch = "", next = null } = reply;
  rig.run = next === null ? undefined : { page: next, epoch: replyEpoch, version, full, named };
  if (rig.run !== undefined) return false;
  if (full) for (const id of rig.has.keys()) if (!named.has(id)) rig.has.delete(id);
  rig.cursor = { epoch: replyEpoch, version };
  return true;
}
