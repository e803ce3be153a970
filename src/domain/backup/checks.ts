import { sameBytes, sha256 } from "../../base/digest.ts";
import { Fault } from "../../base/fault.ts";
import { parseJson } from "../../base/json.ts";
import { LIBRARY_JSON_MAX } from "../../base/limits.ts";
import { atOneMoment, curateAgain, sampleEventIds } from "../../db/backup/rows.ts";
import { storedBody } from "../../db/events.ts";
import { librarySize } from "../../db/library.ts";
import { pendingMigrations } from "../../db/migrate.ts";
import { fleetEpisodeSchema } from "../../wire/episode.ts";
import { LIBRARY_PAGE_DEFAULT, libraryReplySchema } from "../../wire/library.ts";
import type { Actor, HubContext } from "../context.ts";
import { createCurator } from "../curation/curator.ts";
import { createLibrary } from "../library.ts";
import { registerRig } from "../rigs.ts";
import { summaryOf } from "./archive.ts";
import type { Manifest } from "./manifest.ts";

/** Events whose bodies are hashed, and that are curated again. */
export const BODIES_CHECKED = 20;
const PROVER: Actor = { name: "cli", address: "local" };
const PROVER_RIG = "fleet-verify";

/** What a check found, in words; a fault says what is wrong. */
export interface Check {
  readonly name: string;
  readonly run: (hub: HubContext, manifest: Manifest) => Promise<string>;
}

/** In this order: the later ones change the scratch database. */
export function restoreChecks(cacheDir: string): readonly Check[] {
  return [
    { name: "migrations", run: migrationsCurrent },
    { name: "bodies", run: bodiesHash },
    { name: "library page", run: (hub) => libraryAnswers(hub, cacheDir) },
    { name: "curation dry run", run: curationRuns },
  ];
}

/** Before any newer migration: every table has the rows of the manifest. */
export async function rowsEqual({ sql }: HubContext, { tables }: Manifest): Promise<string> {
  let rows = 0;
  for (const stated of tables) {
    const found = await atOneMoment(sql, (tx) => summaryOf(tx, stated.name));
    if (found.rows !== stated.rows) throw differs(`${stated.name} has ${found.rows} of ${stated.rows} rows`);
    if (found.digest !== stated.digest) throw differs(`the rows of ${stated.name} are not those of the backup`);
    rows += found.rows;
  }
  return `${tables.length} tables, ${rows} rows equal`;
}

async function migrationsCurrent({ sql }: HubContext, { schema }: Manifest): Promise<string> {
  const pending = await pendingMigrations({ sql });
  if (pending.length > 0) throw differs(`${pending.join(", ")} could not be applied`);
  return `of the backup ${schema.length}, all of this hub applied`;
}

async function bodiesHash({ sql, zstd }: HubContext): Promise<string> {
  const ids = await sampleEventIds(sql, BODIES_CHECKED);
  for (const id of ids) {
    const body = await storedBody(sql, id);
    if (body === undefined) throw differs(`event ${id} is not there`);
    if (!sameBytes(sha256(zstd.decompress(body.frame, body.body_bytes)), body.digest)) {
      throw differs(`the body of event ${id} does not fit its digest`);
    }
  }
  return `${ids.length} of ${ids.length} hash right`;
}

/** A rig of the scratch database asks, by the way that every rig takes. */
async function libraryAnswers(hub: HubContext, cacheDir: string): Promise<string> {
  const { api_key } = await registerRig(hub, { rig_id: PROVER_RIG, well_id: "-", field: "-" }, PROVER);
  const library = createLibrary(hub, cacheDir);
  try {
    const answer = await library.answer({ key: api_key, since: 0, limit: LIBRARY_PAGE_DEFAULT, acceptsZstd: true });
    const { total } = await librarySize(hub.sql);
    if (answer.status === 304 && total > 0) throw differs("the library says that it has nothing");
    const episodes = answer.status === 304 ? [] : (await pageOf(hub, answer)).episodes;
    const unreadable = episodes.filter((row) => !fleetEpisodeSchema.is(row)).length;
    if (unreadable > 0) throw differs(`${unreadable} episodes of the library's page cannot be read`);
    if (episodes.length === 0 && total > 0) throw differs("the library's page is empty");
    return `${episodes.length} of ${total} episodes, version ${answer.version}`;
  } finally {
    await library.close();
  }
}

async function pageOf(
  { zstd }: HubContext,
  { body, encoding }: { body: Uint8Array | ReadableStream<Uint8Array>; encoding: "zstd" | "identity" },
): Promise<{ episodes: readonly unknown[] }> {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array(await new Response(body).arrayBuffer());
  const json = encoding === "zstd" ? zstd.decompress(bytes, LIBRARY_JSON_MAX) : bytes;
  return libraryReplySchema.parse(parseJson(json));
}

async function curationRuns(hub: HubContext): Promise<string> {
  await curateAgain(hub.sql, await sampleEventIds(hub.sql, BODIES_CHECKED));
  const run = await createCurator(hub).run("request");
  if (run.error !== null) throw differs(`curation failed: ${run.error}`);
  if (run.events_failed > 0) throw differs(`curation passed over ${run.events_failed} events`);
  return `${run.events_read} events read, none failed`;
}

function differs(what: string): Fault {
  return new Fault("corrupt", what, "take another backup, and keep this one for a person to look at");
}
