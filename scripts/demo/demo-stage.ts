import type { Actor, HubContext, RigIdentity } from "../../src/domain/context.ts";
import { createCurator, type Curator } from "../../src/domain/curation/curator.ts";
import { createIngest, type Ingest } from "../../src/domain/ingest.ts";
import { createLibrary, type Library } from "../../src/domain/library.ts";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { rotateRigKey } from "../../src/domain/rig-keys.ts";
import { authenticateRig, registerRig, revokeRig } from "../../src/domain/rigs.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import type { DemoPlace } from "./demo-fleet.ts";
import type { Scene } from "./demo-script.ts";
import type { StageClock } from "./seed-demo.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "./seed/times.ts";

export interface Stage {
  readonly context: HubContext;
  readonly clock: StageClock;
  readonly cacheDir: string;
  readonly nowMs: number;
}

const ADMIN: Actor = { name: "admin", address: "127.0.0.1" };
const ROTATED = "DEEPWELL-5";
const WRONG_CLOCK = "DEEPWELL-8";
const TWIN_OF = "RIG-ALPHA-71";
const AHEAD_H = 74;

interface Actors {
  readonly context: HubContext;
  readonly ingest: Ingest;
  readonly library: Library;
  readonly curator: Curator;
  readonly rigs: Map<string, { readonly place: DemoPlace; key: string; identity: RigIdentity; since: number }>;
}

/** Lets everything happen at its time. Returns the keys of the rigs. */
export async function playScenes(
  { context, clock, cacheDir, nowMs }: Stage,
  places: readonly DemoPlace[],
  scenes: readonly Scene[],
): Promise<ReadonlyMap<string, string>> {
  const actors: Actors = {
    context,
    ingest: createIngest(context),
    library: createLibrary(context, cacheDir),
    curator: createCurator(context),
    rigs: new Map(),
  };
  for (const place of places) await enrol(actors, place);
  for (const act of actsOf(scenes)) await playAct(actors, clock, act);
  await playTroubles({ context, clock, cacheDir, nowMs }, actors, scenes);
  await actors.ingest.drain();
  await actors.library.close();
  await actors.curator.stop();
  return new Map([...actors.rigs].map(([rigId, { key }]) => [rigId, key]));
}

async function enrol({ context, rigs }: Actors, place: DemoPlace): Promise<void> {
  const { rig_id, well_id, field, time_zone } = place;
  const { api_key: key } = await registerRig(context, { rig_id, well_id, field, time_zone }, ADMIN);
  rigs.set(rig_id, { place, key, identity: await authenticateRig(context, key), since: 0 });
}

/** What came between two runs of curation, and the run. */
interface Act {
  readonly events: readonly (Scene & { readonly kind: "event" })[];
  readonly others: readonly Scene[];
  readonly curation: Scene & { readonly kind: "curate" };
}

function actsOf(scenes: readonly Scene[]): Act[] {
  const acts: Act[] = [];
  let open: Scene[] = [];
  for (const scene of scenes) {
    if (scene.kind !== "curate") open.push(scene);
    else {
      const events = open.filter((one) => one.kind === "event");
      acts.push({ events, others: open.filter((one) => one.kind !== "event"), curation: scene });
      open = [];
    }
  }
  return acts;
}

/** Each at its time; the events of an act first and together, so that they share the database's transactions. */
async function playAct(actors: Actors, clock: StageClock, { events, others, curation }: Act): Promise<void> {
  const uploads = events.map((scene) => {
    clock.set(scene.atMs);
    return upload(actors, scene.event);
  });
  await Promise.all(uploads);
  for (const scene of others) {
    clock.set(scene.atMs);
    if (scene.kind === "sync") await sync(actors, scene.rigId);
    if (scene.kind === "answer") await answer(actors, scene);
  }
  clock.set(curation.atMs);
  const isNews = events.length > 0 || others.some(({ kind }) => kind === "answer");
  if (isNews || curation.cause === "schedule") await actors.curator.run(curation.cause);
}

async function upload({ context, ingest, rigs }: Actors, event: FleetEvent): Promise<void> {
  const rig = rigs.get(event.rig_id);
  if (rig === undefined) throw new Error(`${event.rig_id} is not enrolled`);
  const json = encodeEvent(event);
  const frame = context.zstd.compress(json);
  await ingest.accept({ rig: rig.identity, event, json, frame, rigTimeMs: context.clock.now() });
}

async function answer({ context, rigs }: Actors, scene: Scene & { readonly kind: "answer" }): Promise<void> {
  const rig = rigs.get(scene.rigId);
  if (rig === undefined) throw new Error(`${scene.rigId} is not enrolled`);
  const precedents = await namedFor(context, scene);
  await recordOutcome(context, { rig: rig.identity, eventId: scene.eventId, patch: { ...scene.patch, precedents } });
}

const NAMED = 3;

/** In place of a rig's recall: the best of other rigs in the same category. */
async function namedFor(
  { sql }: HubContext,
  { eventId, rigId }: Scene & { readonly kind: "answer" },
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from episodes
    where category = (select category from events where id = ${eventId}) and rig_id <> ${rigId} and not archived
    order by score desc, id limit ${NAMED}`;
  return rows.map(({ id }) => id);
}

async function sync({ context, library, rigs }: Actors, rigId: string): Promise<void> {
  const rig = rigs.get(rigId);
  if (rig === undefined) throw new Error(`${rigId} is not enrolled`);
  const asked = { key: rig.key, since: rig.since, acceptsZstd: true, rigTimeMs: context.clock.now() };
  const reply = await library.answer({ ...asked, spokeVersion: rig.place.spokeVersion });
  if (reply.status === 200 && reply.body instanceof ReadableStream) await new Response(reply.body).arrayBuffer();
  rig.since = reply.version;
}

/** What waits for a person: a rig lost, a key on its way, a clock that is wrong, and one id with two bodies. */
async function playTroubles({ context, clock, nowMs }: Stage, actors: Actors, scenes: readonly Scene[]): Promise<void> {
  const lost = [...actors.rigs.values()].find(({ place }) => place.fate === "revoked");
  if (lost !== undefined) {
    clock.set(nowMs - lost.place.quietH * HOUR_MS + 3 * HOUR_MS);
    await revokeRig(context, lost.place.rig_id, ADMIN, { reason: "The rig was stacked and its computer is missing" });
  }
  clock.set(nowMs - DAY_MS);
  const rotated = actors.rigs.get(ROTATED);
  if (rotated !== undefined) rotated.key = (await rotateRigKey(context, ROTATED, ADMIN)).api_key;
  clock.set(nowMs - 2 * HOUR_MS);
  const newest = (rigId: string) =>
    scenes.findLast((scene) => scene.kind === "event" && scene.rigId === rigId) as
      | (Scene & { kind: "event" })
      | undefined;
  const twin = newest(TWIN_OF)?.event;
  if (twin !== undefined) await upload(actors, { ...twin, depth: (twin.depth ?? 0) + 31, notes: "depth corrected" });
  const ahead = newest(WRONG_CLOCK)?.event;
  if (ahead !== undefined) {
    const timestamp = Math.floor(nowMs / SECOND_MS) + AHEAD_H * 3600;
    const advisory = { ...ahead.advisory, timestamp };
    await upload(actors, { ...ahead, id: `${ahead.rig_id}-${timestamp}`, timestamp, advisory });
  }
  clock.set(nowMs);
  await actors.curator.run("schedule");
}
