import type { Random } from "../../../src/base/random.ts";
import { between, happens, whole } from "./chance.ts";
import type { EpisodeFate } from "./library-fate.ts";
import { changeFields, type Version } from "./library-history.ts";
import { DAY_MS, HOUR_MS, slotAfter, slotTime, type Calendar } from "./times.ts";

type Row = Readonly<Record<string, unknown>>;

/** Rows of runs are kept this long. */
const RUNS_DAYS = 30;
const BACKUP_HOUR = 3;
const RESTORE_EVERY_DAYS = 7;
const EVENT_BYTES = 1900;

export function versionRows(calendar: Calendar, versions: readonly Version[]): Row[] {
  return versions.map(({ version, slot, changes }) => {
    const removed = changes.filter(({ kind }) => kind === "archived").length;
    const committed_at = slotTime(calendar, slot).toISOString();
    return { version, committed_at, run_id: slot, changed: changes.length - removed, removed };
  });
}

export function changeRows({ version, changes }: Version): Row[] {
  return changes.map((change) => ({
    version,
    episode_id: change.fate.content.id,
    kind: change.kind,
    ...changeFields(change),
  }));
}

/** Those that rigs can still read; `floor` is the newest version of the others. */
export function tombstoneRows(
  calendar: Calendar,
  versions: readonly Version[],
  keptDays: number,
): { readonly rows: Row[]; readonly floor: number } {
  const graves = versions.flatMap(({ version, slot, changes }) =>
    changes
      .filter(({ kind }) => kind === "archived")
      .map(({ fate }) => ({ version, fate, at: slotTime(calendar, slot) })),
  );
  const before = calendar.nowMs - keptDays * DAY_MS;
  const [gone, kept] = [
    graves.filter(({ at }) => at.getTime() < before),
    graves.filter(({ at }) => at.getTime() >= before),
  ];
  return { rows: kept.map(graveRow), floor: Math.max(0, ...gone.map(({ version }) => version)) };
}

function graveRow({ version, fate, at }: { version: number; fate: EpisodeFate; at: Date }): Row {
  const { id, rig_id } = fate.content;
  return { episode_id: id, rig_id, version, reason: fate.archived?.reason ?? "age", buried_at: at.toISOString() };
}

/** The runs of the last month: one for each slot that changed something, and the scheduled ones. */
export function runRows(random: Random, calendar: Calendar, versions: readonly Version[]): Row[] {
  const fromMs = calendar.nowMs - RUNS_DAYS * DAY_MS;
  const bySlot = new Map(versions.map((version) => [version.slot, version]));
  const slots = new Set(versions.map(({ slot }) => slot).filter((slot) => slotTime(calendar, slot).getTime() > fromMs));
  for (let hour = Math.ceil(fromMs / HOUR_MS) * HOUR_MS; hour < calendar.nowMs; hour += HOUR_MS) {
    slots.add(slotAfter(calendar, hour - 1));
  }
  return [...slots]
    .toSorted((left, right) => left - right)
    .map((slot) => runRow(random, calendar, slot, bySlot.get(slot)));
}

function runRow(random: Random, calendar: Calendar, slot: number, version: Version | undefined): Row {
  const changes = version?.changes ?? [];
  const of = (kind: string) => changes.filter((change) => change.kind === kind);
  const created = of("created");
  const events = created.reduce((sum, { fate }) => sum + fate.content.event_count, 0);
  const at = slotTime(calendar, slot);
  const scheduled = at.getTime() % HOUR_MS === 0;
  const read = events + of("changed").length;
  const failed = version === undefined && happens(random, 0.003);
  const duration = between(random, 8, 30) + 2 * read + (scheduled ? between(random, 60, 180) : 0);
  return {
    id: slot,
    cause: scheduled ? "schedule" : happens(random, 0.003) ? "request" : "arrival",
    started_at: at.toISOString(),
    finished_at: new Date(at.getTime() + duration).toISOString(),
    duration_ms: Math.round(duration * 100) / 100,
    events_read: read,
    episodes_created: created.length,
    episodes_changed: created.length + of("changed").length,
    events_merged: events - created.length,
    episodes_rescored: of("rescored").length + (scheduled ? whole(random, 0, 60) : 0),
    episodes_archived: of("archived").length,
    events_failed: 0,
    version: version?.version ?? null,
    error: failed ? "PostgresError: terminating connection due to administrator command" : null,
  };
}

/** How the database grew, day by day. */
export function sizeRows(
  calendar: Calendar,
  {
    events,
    episodes,
  }: { readonly events: ReadonlyMap<string, number>; readonly episodes: ReadonlyMap<string, number> },
): Row[] {
  let [allEvents, allEpisodes] = [0, 0];
  const rows: Row[] = [];
  for (let ms = calendar.startMs; ms <= calendar.nowMs; ms += DAY_MS) {
    const day = new Date(ms).toISOString().slice(0, 10);
    allEvents += events.get(day) ?? 0;
    allEpisodes += episodes.get(day) ?? 0;
    rows.push({ day, database_bytes: 12_000_000 + allEvents * EVENT_BYTES, events: allEvents, episodes: allEpisodes });
  }
  return rows;
}

/** A backup a night, one of them failed; and each week a restore that was compared with what it came from. */
export function backupRows(random: Random, calendar: Calendar, sizes: readonly Row[]): Row[] {
  return sizes.slice(-60).flatMap((size, nth, all) => {
    const at = Date.parse(`${String(size["day"])}T0${BACKUP_HOUR}:00:00Z`);
    const ok = nth !== all.length - 9;
    const bytes = Math.round(Number(size["database_bytes"]) * 0.31);
    const seconds = Math.round(bytes / 4e6) + whole(random, 4, 20);
    const backup = { kind: "backup", at: new Date(at).toISOString(), ok, bytes: ok ? bytes : null, took_s: seconds };
    const row = { ...backup, detail: ok ? {} : { error: "no space left on the backup's disk" } };
    if ((all.length - nth) % RESTORE_EVERY_DAYS !== 2 || at > calendar.nowMs) return at > calendar.nowMs ? [] : [row];
    const compared = { compared: "events, episodes, library version", events: Number(size["events"]) };
    const restored = {
      kind: "restore",
      at: new Date(at + HOUR_MS).toISOString(),
      ok: true,
      bytes,
      took_s: seconds * 3,
    };
    return [row, { ...restored, detail: compared }];
  });
}
