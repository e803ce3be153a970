import type { Sql } from "postgres";
import { systemClock } from "../../../src/base/clock.ts";
import { silentLog } from "../../../src/base/log.ts";
import { EVENT_JSON_MAX } from "../../../src/base/limits.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import { openDatabase } from "../../../src/db/connect.ts";
import { eventOutcome } from "../../../src/wire/outcome.ts";
import type { OutcomeName } from "../../../src/wire/vocabulary.ts";
import { canonicalDigest } from "./canonical.ts";
import { ledgersOf, type Fleet } from "./fleet.ts";
import type { Findings } from "./row.ts";

interface Opened {
  readonly sql: Sql;
  readonly fleet: Fleet;
}

/** Beside the hubs on a server; an embedded database opens only once its hub has ended. */
export async function inDatabase<T>(fleet: Fleet, look: (opened: Opened) => Promise<T>): Promise<T> {
  const { cluster, dataDir } = fleet;
  const options = { dataDir, pool: 2, prepare: true, log: silentLog, clock: systemClock };
  const database = await openDatabase({ databaseUrl: cluster?.url, ...options });
  try {
    return await look({ sql: database.sql, fleet });
  } finally {
    await database.close();
  }
}

interface StoredRow {
  readonly id: string;
  readonly frame: Uint8Array;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
}

/** What is on the hub against what was given: each event once, unchanged, with its last outcome. */
export async function storedFindings({ sql, fleet }: Opened): Promise<Findings> {
  const own = ledgersOf(fleet).map(({ rigId }) => rigId);
  const rows = await sql<StoredRow[]>`select id, frame, outcome, action_taken from events where rig_id = any(${own})`;
  const byId = new Map(rows.map((stored) => [stored.id, stored]));
  const given = ledgersOf(fleet).flatMap(({ acknowledged, outcomes }) =>
    [...acknowledged].map(([id, digest]) => ({ id, digest, outcome: outcomes.get(id) ?? "Pending" })),
  );
  const known = new Set(given.map(({ id }) => id));
  return {
    lost: given.filter(({ id }) => !byId.has(id)).map(({ id }) => `${id} was acknowledged and is not on the hub`),
    doubled: [
      ...rows.filter(({ id }) => !known.has(id)).map(({ id }) => `${id} is on the hub and was never given this name`),
      ...(await miscounts(sql, own)),
    ],
    wrong: [
      ...given.flatMap(({ id, digest, outcome }) => {
        const stored = byId.get(id);
        return stored === undefined ? [] : wrongIn(stored, digest, outcome);
      }),
      ...(await setAside(sql)),
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

/**
 * Of an event that was counted twice, or not at all, and of one that is in no episode or in one that is not there. Of the
 * rigs of the fleet: a library that was put there before them is counted nowhere.
 */
async function miscounts(sql: Sql, own: readonly string[]): Promise<string[]> {
  const [row] = await sql<Record<"days" | "rigs" | "fleet" | "episodes" | "strays", number>[]>`
    with own as (select id, episode_id from events where rig_id = any(${own})),
      found as (select count(*)::int as events from own)
    select events - (select coalesce(sum(events), 0) from daily_counts where rig_id = any(${own}))::int as days,
      events - (select coalesce(sum(event_count), 0) from rigs where rig_id = any(${own}))::int as rigs,
      events - (select coalesce(sum(events), 0) from fleet_days)::int as fleet,
      events - (select coalesce(sum(event_count), 0) from episodes where rig_id = any(${own}))::int as episodes,
      (select count(*) from own left join episodes on episodes.id = episode_id where episodes.id is null)::int as strays
    from found`;
  return Object.entries(row ?? { rows: 1 })
    .filter(([, off]) => off !== 0)
    .map(([what, off]) => `the hub's counts (${what}) are off by ${off}`);
}

async function setAside(sql: Sql): Promise<string[]> {
  const aside = await sql<{ event_id: string; reason: string }[]>`select event_id, reason from quarantine`;
  const failed = await sql<{ id: string; curation_error: string }[]>`
    select id, curation_error from events where curation_error is not null`;
  return [
    ...aside.map(({ event_id, reason }) => `${event_id} is kept aside on the hub: ${reason}`),
    ...failed.map(({ id, curation_error: error }) => `${id} could not be curated: ${error}`),
  ];
}
