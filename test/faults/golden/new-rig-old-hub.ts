import { join } from "node:path";
import { seededRandom } from "../../../src/base/random.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { canonicalDigest } from "../support/canonical.ts";
import { answer, handIn, recall } from "../support/drive.ts";
import type { FleetRig } from "../support/fleet.ts";
import { createLedger, patchOf } from "../support/ledger.ts";
import { openLink } from "../support/link.ts";
import { sent } from "../support/quiet.ts";
import { rigDaemon } from "../support/rig-daemon.ts";
import type { Tried } from "../support/row.ts";
import { until } from "../support/until.ts";
import { goldenLibrary } from "./files.ts";
import { startOldHub, type OldHub } from "./old-hub.ts";

/** Some episodes of the golden library are its own, which it must not take. */
const RIG = "DEEPWELL-5";
const EVENTS = 8;
const SOON_MS = 20_000;

/** Our rig at a hub of the first implementation, also one that was shipped without its route for outcomes. */
export async function newRigOldHub(seed: number): Promise<Tried> {
  const hub = startOldHub();
  const rig = await startRig(hub, seed);
  try {
    const wrong: string[] = [];
    const librarySame = async (file: string): Promise<void> => {
      const reply = await rig.daemon.ask("POST", "/api/v1/sync");
      if (reply.status !== 200) wrong.push(`a sync answered ${reply.status}: ${await reply.text()}`);
      wrong.push(...libraryDiffers(rig, file));
    };
    await librarySame("library-response.json");
    const refused = await workThrough(hub, rig);
    const left = await sent(rig);
    if (left > 0) wrong.push(`${left} events and outcomes never left it`);
    wrong.push(...outcomesDiffer(hub, rig));
    hub.library = "library_later";
    await librarySame("golden/library-later.json");
    await recall(rig);
    wrong.push(...(await withoutRoute(hub, rig)));
    const { queue } = await rig.daemon.status();
    if (queue.refused !== 1) wrong.push(`the rig keeps ${queue.refused} refused events, not 1`);
    const given = [...rig.ledger.acknowledged].filter(([id]) => id !== refused);
    const lost = given.filter(([id, digest]) => hub.events.get(id) !== digest).map(([id]) => `${id} is not on the hub`);
    const doubled = [...hub.events.keys()].filter((id) => !rig.ledger.acknowledged.has(id));
    const named = (each: string): string => `new rig, old hub: ${each}`;
    const faults = rig.ledger.acknowledged.size + rig.ledger.outcomes.size;
    const hits = new Map([["new rig, old hub", faults]]);
    return { faults, hits, lost: lost.map(named), doubled: doubled.map(named), wrong: wrong.map(named) };
  } finally {
    await rig.daemon.kill();
    rig.link.close();
    await hub.close();
  }
}

async function startRig(hub: OldHub, seed: number): Promise<FleetRig> {
  const link = await openLink();
  link.to(hub.url);
  const ledger = createLedger(RIG, seededRandom(seed), Math.floor(Date.now() / 1000));
  const dataDir = join(temporaryDirectory(), "rig");
  const daemon = await rigDaemon({ rigId: RIG, dataDir, hubUrl: link.url, key: "sk-fleet-of-an-old-hub" });
  await daemon.start();
  return { link, ledger, daemon, key: "sk-fleet-of-an-old-hub" };
}

/** One event is refused without a code, one is stored though the hub said no, one comes too early; returns the refused. */
async function workThrough(hub: OldHub, rig: FleetRig): Promise<string> {
  hub.next.push("unprocessable");
  const first = rig.ledger.nextEvent();
  await handIn(rig, first);
  await until("the hub refused it", SOON_MS, async () => (await rig.daemon.status()).queue.pending === 0);
  hub.next.push("lost", "overloaded");
  for (let nth = 1; nth < EVENTS; nth++) await handIn(rig, rig.ledger.nextEvent());
  await sent(rig);
  for (const id of [...rig.ledger.acknowledged.keys()].filter((each) => each !== first.id).slice(0, 3)) {
    await answer(rig, rig.ledger.answerTo(id));
  }
  return first.id;
}

function outcomesDiffer(hub: OldHub, { ledger }: FleetRig): string[] {
  return [...ledger.outcomes].flatMap(([eventId, outcome]) => {
    const { action_taken, notes, ...rest } = (hub.outcomes.get(eventId) ?? {}) as Record<string, unknown>;
    const told = { outcome: rest["outcome"] ?? null, action_taken, notes };
    const wanted = patchOf({ eventId, acknowledgment: {}, outcome });
    return canonicalDigest(told) === canonicalDigest(wanted)
      ? []
      : [`of ${eventId} the hub has ${JSON.stringify(told)}`];
  });
}

/** An outcome that the hub has no route for stays, and holds up no event. */
async function withoutRoute(hub: OldHub, rig: FleetRig): Promise<string[]> {
  hub.outcomeRoute = false;
  const [id = ""] = [...hub.events.keys()];
  const before = hub.outcomes.size;
  await answer(rig, rig.ledger.answerTo(id));
  await handIn(rig, rig.ledger.nextEvent());
  await until("the event has left", SOON_MS, async () => (await rig.daemon.status()).queue.pending === 0);
  const { queue, hub: seen } = await rig.daemon.status();
  return [
    ...(queue.outcomes_pending === 1 ? [] : [`${queue.outcomes_pending} outcomes wait, not 1`]),
    ...(hub.outcomes.size === before ? [] : ["an outcome came by a route that is not there"]),
    ...(seen.upload === "waiting" ? [`it waits for the hub: ${seen.problem}`] : []),
  ];
}

function libraryDiffers({ daemon }: FleetRig, file: string): string[] {
  const wanted = goldenLibrary(file).episodes.filter(({ rig_id: of }) => of !== RIG);
  const has = daemon.library();
  return [
    ...wanted
      .filter((episode) => canonicalDigest(has.get(episode.id) ?? null) !== canonicalDigest(episode))
      .map(({ id }) => `${id} is not as the hub has it`),
    ...[...has.keys()]
      .filter((id) => !wanted.some((episode) => episode.id === id))
      .map((id) => `${id} is not the hub's`),
  ];
}
