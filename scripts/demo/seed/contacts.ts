import type { Random } from "../../../src/base/random.ts";
import { between, happens, whole } from "./chance.ts";
import type { RigPlan } from "./fleet-plan.ts";
import type { Version } from "./library-history.ts";
import { DAY_MS, HOUR_MS, slotTime, type Calendar } from "./times.ts";

type Row = Readonly<Record<string, unknown>>;

const SYNC_EVERY_MS = 6 * HOUR_MS;
const JITTER_MS = 20 * 60_000;
const SYNCS_KEPT_DAYS = 40;
const DAYS_KEPT = 120;
/** A rig without a link misses days on end. */
const GAP_SHARE = 0.01;
const GAP_DAYS = { least: 1, most: 4 };
const EPISODE_BYTES = { least: 130, most: 210 };
const EMPTY_SYNC_BYTES = 240;
/** These ask, and cannot take what they are sent. */
const STUCK_SHARE = 0.01;

export interface Contacts {
  readonly rig: RigPlan;
  readonly syncs: readonly Row[];
  readonly days: readonly Row[];
  readonly lastSync: string | null;
  readonly syncedVersion: number | null;
  /** Only newer rigs tell what they have. */
  readonly confirmed: { readonly version: number; readonly at: string } | null;
}

/** What the library's version was at a time, and how much each version changed. */
export interface VersionTimes {
  at(ms: number): number;
  changedBetween(from: number, to: number): number;
}

export function versionTimes(calendar: Calendar, versions: readonly Version[]): VersionTimes {
  const times = versions.map(({ slot }) => slotTime(calendar, slot).getTime());
  const sums = [0];
  for (const { changes } of versions) sums.push((sums.at(-1) ?? 0) + changes.length);
  return {
    at(ms) {
      let [low, high] = [0, times.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((times[middle] ?? 0) <= ms) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    changedBetween: (from, to) => (sums[to] ?? 0) - (sums[from] ?? 0),
  };
}

/** Uploads by UTC day, `rig day` → how many and how large. */
export type UploadDays = ReadonlyMap<string, { readonly events: number; readonly bytes: number }>;

export function rigContacts(
  random: Random,
  calendar: Calendar,
  { rig, versions, uploads }: { rig: RigPlan; versions: VersionTimes; uploads: UploadDays },
): Contacts {
  const times = syncTimes(random, calendar, rig);
  const stuckAt = happens(random, STUCK_SHARE) ? Math.floor(times.length * 0.6) : times.length;
  let version = versions.at((times[0] ?? rig.lastSeenMs) - SYNC_EVERY_MS);
  const syncs = times.map((ms, nth) => {
    const next = nth < stuckAt ? versions.at(ms) : version;
    const sent = nth < stuckAt ? versions.changedBetween(version, next) : 0;
    version = next;
    return {
      rig_id: rig.rig_id,
      synced_at: new Date(ms).toISOString(),
      episodes_sent: sent,
      library_version: version,
      bytes: EMPTY_SYNC_BYTES + sent * whole(random, EPISODE_BYTES.least, EPISODE_BYTES.most),
      clock_offset_s: rig.clock_offset_s,
    };
  });
  const last = syncs.at(-1);
  const told = rig.spoke_version === null ? undefined : syncs.at(-2);
  return {
    rig,
    // A reply without episodes is a 304, which leaves no row.
    syncs: syncs.filter(({ episodes_sent }) => episodes_sent > 0),
    days: contactDays(random, calendar, { rig, syncs, uploads }),
    lastSync: last?.synced_at ?? null,
    syncedVersion: last?.library_version ?? null,
    confirmed: told === undefined || last === undefined ? null : { version: told.library_version, at: last.synced_at },
  };
}

function syncTimes(random: Random, { nowMs }: Calendar, rig: RigPlan): number[] {
  const times: number[] = [];
  const firstMs = Math.max(rig.registeredMs, nowMs - DAYS_KEPT * DAY_MS);
  for (let ms = rig.lastSeenMs; ms > firstMs; ms -= SYNC_EVERY_MS + between(random, -JITTER_MS, JITTER_MS)) {
    times.push(Math.floor(ms));
    if (happens(random, GAP_SHARE)) ms -= whole(random, GAP_DAYS.least, GAP_DAYS.most) * DAY_MS;
  }
  return times.toReversed();
}

interface DayInput {
  readonly rig: RigPlan;
  readonly syncs: readonly { readonly synced_at: string; readonly bytes: number }[];
  readonly uploads: UploadDays;
}

function contactDays(random: Random, { nowMs }: Calendar, { rig, syncs, uploads }: DayInput): Row[] {
  const byDay = Map.groupBy(syncs, ({ synced_at }) => synced_at.slice(0, 10));
  const days: Row[] = [];
  for (let ms = nowMs - DAYS_KEPT * DAY_MS; ms <= nowMs; ms += DAY_MS) {
    const day = new Date(ms).toISOString().slice(0, 10);
    const asked = byDay.get(day) ?? [];
    const sent = uploads.get(`${rig.rig_id} ${day}`) ?? { events: 0, bytes: 0 };
    if (asked.length + sent.events === 0) continue;
    days.push({
      rig_id: rig.rig_id,
      day,
      first_at: asked[0]?.synced_at ?? `${day}T0${whole(random, 0, 5)}:12:00Z`,
      last_at: asked.at(-1)?.synced_at ?? `${day}T0${whole(random, 6, 9)}:48:00Z`,
      uploads: sent.events,
      upload_bytes: sent.bytes,
      syncs: asked.length,
      sync_bytes: asked.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  }
  return days;
}

/** Older rows than these are of no use to anybody who asks which rig has an episode. */
export function isKept({ nowMs }: Calendar, sync: Row): boolean {
  return Date.parse(String(sync["synced_at"])) > nowMs - SYNCS_KEPT_DAYS * DAY_MS;
}
