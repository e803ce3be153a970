import { seededRandom } from "../../../src/base/random.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { eventOutcome, patchColumns, type OutcomePatch } from "../../../src/wire/outcome.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import { EVENT_JSON_MAX } from "../../../src/base/limits.ts";
import { canonicalDigest } from "../support/canonical.ts";
import { checkFleet } from "../support/check.ts";
import { answer, handIn, recall } from "../support/drive.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { createLedger } from "../support/ledger.ts";
import { quiet, sent } from "../support/quiet.ts";
import type { Tried } from "../support/row.ts";
import type { Wire } from "../support/wire.ts";
import { bytesOf, oldRig, type GoldenLibrary, type GoldenRequest } from "./files.ts";
import { sendAsOldRig, type Answered } from "./old-rig.ts";

const DAY_S = 86_400;
const EVENTS = 6;
/** A whole library is noted when its last byte has left, so that a poll may come just before, and gets it once more. */
const POLLS_MAX = 50;
/** The golden events have a date of their own, and stay in the library whenever this runs. */
const KEPT = { FLEET_PRUNING_MAX_AGE_DAYS: "36500", FLEET_PRUNING_FALSE_POSITIVE_DAYS: "36500" };

/** Rigs of the first implementation, and one of ours, on one hub of ours: each gets what the others gave. */
export async function onNewHub(seed: number): Promise<Tried> {
  const fleet = await startFleet({ engine: "server", rigs: 1, seed, hubEnvironment: KEPT });
  try {
    const { sends, pulls, polls } = oldRig();
    const wires = await oldWires(fleet, new Set(sends.map(({ rig }) => rig)), seed);
    const whole: Fleet = { ...fleet, wires: [...wires.values()] };
    const wrong: string[] = [];
    const send = async (request: GoldenRequest, tries = 1): Promise<Answered> => {
      const { key = "" } = wires.get(request.rig) ?? {};
      const answered = await sendAsOldRig(request, { url: fleet.hub.url, key, clockS: nowS() + DAY_S });
      const { reads } = answered;
      if (reads !== request.reads && tries > 1) return send(request, tries - 1);
      if (reads !== request.reads) wrong.push(`old rig, new hub: ${request.method} ${request.path} reads ${reads}`);
      wrong.push(...answered.wrong.map((each) => `old rig, new hub: ${each}`));
      return answered;
    };
    for (const request of sends) {
      const { reads } = await send(request);
      const wire = wires.get(request.rig);
      if (wire !== undefined) note(wire, request, reads);
    }
    await workNewRig(fleet);
    wrong.push(...(await quiet(whole)));
    for (const pull of pulls) {
      const { library } = await send(pull);
      if (library !== undefined) wrong.push(...librariesDiffer(whole, pull.rig, library));
    }
    for (const poll of polls) await send(poll, POLLS_MAX);
    const found = await checkFleet(whole);
    const old = sends.length + pulls.length + polls.length;
    const hits = new Map([
      ["old rig, new hub", old],
      ["new rig, new hub", EVENTS],
    ]);
    return { faults: old + EVENTS, hits, ...found, wrong: [...wrong, ...found.wrong] };
  } finally {
    await fleet.close();
  }
}

async function oldWires({ hub, rigs }: Fleet, names: ReadonlySet<string>, seed: number): Promise<Map<string, Wire>> {
  const wires = new Map<string, Wire>();
  const [first] = rigs;
  if (first === undefined) throw new Error("the fleet has a rig");
  for (const name of names) {
    const reply = await hub.ask("POST", "/api/fleet/rigs/register", { rig_id: name, well_id: "W", field: "F" });
    const { api_key: key } = (await reply.json()) as { api_key: string };
    wires.set(name, { link: first.link, key, ledger: createLedger(name, seededRandom(seed), nowS()) });
  }
  return wires;
}

function note({ ledger }: Wire, request: GoldenRequest, reads: Answered["reads"]): void {
  if (reads === "accepted") {
    const event = eventIn(request);
    ledger.took(event, event.id);
  }
  if (reads === "recorded") {
    const outcome = eventOutcome(patchColumns(request.body as OutcomePatch));
    ledger.tookAnswer({ eventId: request.event ?? "", acknowledgment: {}, outcome });
  }
}

function eventIn(request: GoldenRequest): FleetEvent {
  const bytes = bytesOf(request);
  const plain = request.headers["Content-Encoding"] === "zstd" ? runtimeZstd.decompress(bytes, EVENT_JSON_MAX) : bytes;
  return JSON.parse(new TextDecoder().decode(plain)) as FleetEvent;
}

async function workNewRig({ rigs }: Fleet): Promise<void> {
  const [rig] = rigs;
  if (rig === undefined) return;
  for (let nth = 0; nth < EVENTS; nth++) await handIn(rig, rig.ledger.nextEvent());
  const given = rig.ledger.nextAnswer();
  if (given !== undefined) await answer(rig, given);
  await sent(rig);
  await recall(rig);
}

/** An old rig gets each event of all others, with what their drillers said of it. */
function librariesDiffer({ rigs, wires = [] }: Fleet, rigId: string, { episodes }: GoldenLibrary): string[] {
  const has = new Map(episodes.map((episode) => [episode.id, episode as { outcome?: unknown }]));
  const others = [...rigs, ...wires].map(({ ledger }) => ledger).filter((ledger) => ledger.rigId !== rigId);
  return [
    ...episodes.filter(({ rig_id: of }) => of === rigId).map(({ id }) => `${rigId}: gets its own ${id}`),
    ...others.flatMap(({ acknowledged, outcomes }) =>
      [...acknowledged.keys()]
        .filter((id) => {
          const { outcome } = has.get(`${id}-episode`) ?? {};
          return canonicalDigest(outcome ?? null) !== canonicalDigest(outcomes.get(id) ?? "Pending");
        })
        .map((id) => `${rigId}: does not get ${id} as it is`),
    ),
  ];
}

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}
