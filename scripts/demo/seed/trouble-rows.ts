import type { Random } from "../../../src/base/random.ts";
import { byteText } from "./bulk.ts";
import { between, happens, pick, whole } from "./chance.ts";
import type { MadeEvent } from "./event-rows.ts";
import type { RigPlan } from "./fleet-plan.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, type Calendar } from "./times.ts";

type Row = Readonly<Record<string, unknown>>;

const REFUSALS = [
  { code: "schema", sentence: "/advisory/risk_level is not one of Low, Elevated, High, Critical" },
  {
    code: "risk_too_low",
    sentence: "/advisory/risk_level is Low: only Elevated, High and Critical advisories are kept",
  },
  {
    code: "digest_mismatch",
    sentence: "the body differs from its Content-Digest: it was damaged on the way, send it again",
  },
  { code: "too_large", sentence: "the body inflates to more than 10485760 bytes: shorten the history window" },
] as const;
const REFUSED_SHARE = 0.08;
const FAILURES = 6;
const CODE_BYTES = 32;
const CODE_MS = DAY_MS;

export function refusalRows(random: Random, rigs: readonly RigPlan[]): Row[] {
  return rigs
    .filter(() => happens(random, REFUSED_SHARE))
    .map((rig) => {
      const { code, sentence } = pick(random, REFUSALS);
      const lastMs = rig.lastSeenMs - between(random, 0.1, 20) * DAY_MS;
      return {
        rig_id: rig.rig_id,
        code,
        refusals: whole(random, 1, 90),
        first_at: iso(Math.max(rig.registeredMs, lastMs - between(random, 1, 60) * DAY_MS)),
        last_at: iso(lastMs),
        last_event_id: code === "too_large" ? null : `${rig.rig_id}-${Math.floor(lastMs / 1000)}`,
        last_sentence: sentence,
      };
    });
}

/** Together they are what the rig's own row says that it dropped. */
export function dropRows(random: Random, dropped: readonly { rig: RigPlan; events: number }[]): Row[] {
  return dropped.flatMap(({ rig, events }) => {
    const first = Math.ceil(events / 3);
    const told_at = rig.lastSeenMs - between(random, 1, 30) * DAY_MS;
    const rows = [{ rig_id: rig.rig_id, told_at: iso(told_at), events: first }];
    if (events > first) rows.push({ rig_id: rig.rig_id, told_at: iso(told_at + 3 * HOUR_MS), events: events - first });
    return rows;
  });
}

/** Codes that were used, one that ran out, one that was taken back, and two that wait for their rigs. */
export function enrolmentRows(random: Random, { nowMs }: Calendar, rigs: readonly RigPlan[]): Row[] {
  const newest = rigs.toSorted((left, right) => right.registeredMs - left.registeredMs).slice(0, 8);
  const used = newest.map((rig) => ({ rig, ageMs: nowMs - rig.registeredMs + 40 * MINUTE_MS, end: "used" }));
  const [place] = newest;
  if (place === undefined) return [];
  const others = [
    { rig: { ...place, rig_id: "XN-01" }, ageMs: 9 * DAY_MS, end: "expired" },
    { rig: { ...place, rig_id: "XN-02" }, ageMs: 5 * DAY_MS, end: "cancelled" },
    { rig: { ...place, rig_id: "XN-03" }, ageMs: 3 * HOUR_MS, end: "open" },
    { rig: { ...place, rig_id: "XN-04" }, ageMs: 20 * MINUTE_MS, end: "open" },
  ];
  return [...used, ...others]
    .toSorted((left, right) => right.ageMs - left.ageMs)
    .map(({ rig, ageMs, end }) => ({
      code_hash: byteText(random.bytes(CODE_BYTES)),
      rig_id: rig.rig_id,
      well_id: rig.wells[0]?.well_id ?? "",
      field: rig.field,
      time_zone: rig.time_zone,
      created_at: iso(nowMs - ageMs),
      created_by: "admin",
      expires_at: iso(nowMs - ageMs + CODE_MS),
      used_at: end === "used" ? iso(rig.registeredMs) : null,
      used_from: end === "used" ? `10.8.1.${whole(random, 2, 250)}` : null,
      cancelled_at: end === "cancelled" ? iso(nowMs - ageMs + HOUR_MS) : null,
    }));
}

/** Runs that could not do everything; what they left was done by the next one. */
export function failureRows(
  random: Random,
  runs: readonly Row[],
  newest: readonly MadeEvent[],
): { readonly rows: Row[]; readonly failedByRun: ReadonlyMap<unknown, number> } {
  const failedByRun = new Map<unknown, number>();
  const rows = newest.slice(0, FAILURES).map(({ row }) => {
    const run = pick(random, runs);
    failedByRun.set(run["id"], (failedByRun.get(run["id"]) ?? 0) + 1);
    const error = "PostgresError: canceling statement due to statement timeout";
    return { run_id: run["id"], event_id: row.id, error, failed_at: run["finished_at"] };
  });
  return { rows, failedByRun };
}

function iso(ms: number): string {
  return new Date(Math.floor(ms)).toISOString();
}
