import type { Sql } from "postgres";
import { systemClock } from "../../../src/base/clock.ts";
import { silentLog } from "../../../src/base/log.ts";
import { EVENT_JSON_MAX } from "../../../src/base/limits.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import { openDatabase } from "../../../src/db/connect.ts";
import { eventOutcome } from "../../../src/wire/outcome.ts";
import type { OutcomeName } from "../../../src/wire/vocabulary.ts";
import { canonicalDigest } from "./canonical.ts";
import { handInAgain, recall } from "./drive.ts";
import type { Fleet, FleetRig } from "./fleet.ts";
import type { Findings } from "./row.ts";
import { until } from "./until.ts";

const QUIET_MS = 300_000;
const SYNCS_MAX = 5;

/**
 * The invariant, whole: leaves the fleet in peace until it is quiet, then compares rigs, hub and what was given. Every
 * part of the fleet has to be running.
 */
export async function checkFleet(fleet: Fleet): Promise<Findings> {
  const wrong: string[] = [];
  for (const rig of fleet.rigs) wrong.push(...(await quietRig(rig)));
  await curated(fleet);
  for (const rig of fleet.rigs) wrong.push(...(await mirrorFindings(fleet, rig)));
  await Promise.all(fleet.rigs.map(({ daemon }) => daemon.kill()));
  await Promise.all(fleet.hubs.map((hub) => hub.stop()));
  const stored = await inDatabase(fleet, storedFindings);
  return { ...stored, wrong: [...stored.wrong, ...wrong] };
}

/** A rig whose uploader waits out an earlier failure is started again: a fresh process tries at once. */
async function quietRig(rig: FleetRig): Promise<string[]> {
  const { daemon } = rig;
  await handInAgain(rig);
  await until(`${daemon.rigId} has sent what it has`, QUIET_MS, async () => {
    const { queue, hub } = await daemon.status();
    if (queue.pending + queue.outcomes_pending === 0) return true;
    if (hub.upload === "waiting") {
      await daemon.kill();
      await daemon.start();
    }
    return false;
  });
  await recall(rig);
  const { queue } = await daemon.status();
  return queue.refused === 0 ? [] : [`${daemon.rigId}: the hub refused ${queue.refused} events or outcomes`];
}

async function curated(fleet: Fleet): Promise<void> {
  if (fleet.engine === "embedded") {
    await fleet.hub.stop();
    await fleet.hub.verb("curate");
    await fleet.hub.start();
    return;
  }
  await inDatabase(fleet, async ({ sql }) => {
    await until("everything is curated", QUIET_MS, async () => {
      const [row] = await sql<{ waiting: number }[]>`
        select count(*)::int as waiting from events where needs_curation and not held and curation_error is null`;
      return row?.waiting === 0;
    });
  });
}

/** The rig's library is the hub's for it, and says of each event of others what their drillers said. */
async function mirrorFindings(fleet: Fleet, rig: FleetRig): Promise<string[]> {
  for (let turn = 1; ; turn++) {
    const reply = await rig.daemon.ask("POST", "/api/v1/sync");
    const said = await reply.text();
    const found = reply.status === 200 ? await differences(fleet, rig) : [`${rig.daemon.rigId}: sync: ${said}`];
    // The hub may have gone on between the two looks: what stays is what counts.
    if (found.length === 0 || turn === SYNCS_MAX) return [...found, ...outcomesIn(fleet, rig)];
  }
}

async function differences(fleet: Fleet, { daemon, key }: FleetRig): Promise<string[]> {
  const reply = await fetch(`${fleet.hub.url}/api/fleet/library`, {
    headers: { Authorization: `Bearer ${key}`, "Accept-Encoding": "identity" },
  });
  const { episodes } = (await reply.json()) as { episodes: { id: string }[] };
  const hub = new Map(episodes.map((episode) => [episode.id, canonicalDigest(episode)]));
  const mirror = daemon.library();
  const differing = [...hub].filter(([id, digest]) => canonicalDigest(mirror.get(id) ?? null) !== digest);
  const extra = [...mirror.keys()].filter((id) => !hub.has(id));
  return [
    ...differing.map(([id]) => `${daemon.rigId}: episode ${id} is not as the hub has it`),
    ...extra.map((id) => `${daemon.rigId}: episode ${id} is not in the hub's library`),
  ];
}

function outcomesIn(fleet: Fleet, { daemon }: FleetRig): string[] {
  const mirror = daemon.library();
  const others = fleet.rigs.filter((other) => other.daemon !== daemon);
  return others.flatMap(({ ledger }) =>
    [...ledger.acknowledged.keys()].flatMap((id) => {
      const episode = mirror.get(`${id}-episode`) as { outcome: unknown } | undefined;
      if (episode === undefined) return [`${daemon.rigId}: has no episode of ${id}`];
      const given = ledger.outcomes.get(id) ?? "Pending";
      const same = canonicalDigest(episode.outcome) === canonicalDigest(given);
      return same ? [] : [`${daemon.rigId}: ${id} is ${JSON.stringify(episode.outcome)}, not ${JSON.stringify(given)}`];
    }),
  );
}

interface Opened {
  readonly sql: Sql;
  readonly fleet: Fleet;
}

export async function inDatabase<T>(fleet: Fleet, look: (opened: Opened) => Promise<T>): Promise<T> {
  const { cluster, dataDir } = fleet;
  const database = await openDatabase({
    databaseUrl: cluster?.url,
    dataDir,
    pool: 2,
    prepare: true,
    log: silentLog,
    clock: systemClock,
  });
  try {
    return await look({ sql: database.sql, fleet });
  } finally {
    await database.close();
  }
}

interface StoredRow {
  readonly id: string;
  readonly rig_id: string;
  readonly frame: Uint8Array;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
}

async function storedFindings({ sql, fleet }: Opened): Promise<Findings> {
  const rows = await sql<StoredRow[]>`select id, rig_id, frame, outcome, action_taken from events`;
  const byId = new Map(rows.map((stored) => [stored.id, stored]));
  const given = fleet.rigs.flatMap(({ ledger }) =>
    [...ledger.acknowledged].map(([id, digest]) => ({ id, digest, outcome: ledger.outcomes.get(id) ?? "Pending" })),
  );
  const known = new Set(given.map(({ id }) => id));
  const miscounted = await miscounts(sql);
  const aside = await sql<{ event_id: string; reason: string }[]>`select event_id, reason from quarantine`;
  return {
    lost: given.filter(({ id }) => !byId.has(id)).map(({ id }) => `${id} was acknowledged and is not on the hub`),
    doubled: [
      ...rows.filter(({ id }) => !known.has(id)).map(({ id }) => `${id} is on the hub and was never given this name`),
      ...(miscounted === 0 ? [] : [`the hub's own counts differ from its events by ${miscounted}`]),
    ],
    wrong: [
      ...given.flatMap(({ id, digest, outcome }) => {
        const stored = byId.get(id);
        return stored === undefined ? [] : wrongIn(stored, digest, outcome);
      }),
      ...aside.map(({ event_id, reason }) => `${event_id} is kept aside on the hub: ${reason}`),
    ],
  };
}

function wrongIn(stored: StoredRow, digest: string, outcome: unknown): string[] {
  const json = new TextDecoder().decode(runtimeZstd.decompress(stored.frame, EVENT_JSON_MAX));
  const has = eventOutcome(stored);
  return [
    ...(canonicalDigest(JSON.parse(json)) === digest ? [] : [`${stored.id} is not what was given`]),
    ...(canonicalDigest(has) === canonicalDigest(outcome)
      ? []
      : [`${stored.id} is ${JSON.stringify(has)} on the hub, not ${JSON.stringify(outcome)}`]),
  ];
}

/** An event that was counted twice, or not at all. */
async function miscounts(sql: Sql): Promise<number> {
  const [row] = await sql<{ off: number }[]>`
    select (abs((select count(*) from events) - (select coalesce(sum(events), 0) from daily_counts))
      + abs((select count(*) from events) - (select coalesce(sum(event_count), 0) from rigs))
      + abs((select count(*) from events) - (select coalesce(sum(events), 0) from fleet_days)))::int as off`;
  return row?.off ?? Number.NaN;
}
