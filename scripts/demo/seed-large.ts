import type { Sql } from "postgres";
import type { Clock } from "../../src/base/clock.ts";
import type { Random } from "../../src/base/random.ts";
import { readSettings } from "../../src/base/settings.ts";
import type { Zstd } from "../../src/base/zstd.ts";
import { hubSettingTable } from "../../src/domain/settings.ts";
import { Drillers } from "./seed/answers.ts";
import { dropIndexes, inBulk, insertRows, restoreIndexes } from "./seed/bulk.ts";
import type { EventMaking } from "./seed/event-rows.ts";
import { planFleet } from "./seed/fleet-plan.ts";
import { decideFates } from "./seed/library-fate.ts";
import { versionsOf } from "./seed/library-history.ts";
import { rigRow } from "./seed/rig-rows.ts";
import { planSessions } from "./seed/session-plan.ts";
import { countAll, refuseNonEmpty, settleTables } from "./seed/store.ts";
import { storeContacts } from "./seed/store-contacts.ts";
import { storeKeptAside } from "./seed/store-kept-aside.ts";
import { storeLibrary } from "./seed/store-library.ts";
import { storeSessions } from "./seed/store-sessions.ts";
import { storeTroubles } from "./seed/store-troubles.ts";
import { eventTemplates } from "./seed/templates.ts";
import { DAY_MS, type Calendar } from "./seed/times.ts";

/** At scale 1. */
export const LARGE = { rigs: 500, events: 1_000_000, episodes: 50_000 } as const;
/** What it may take on disk, at scale 1. */
export const LARGE_BYTES_MAX = 2e9;
const RIGS_MIN = 10;
const SESSIONS = 54_000;
const SESSIONS_MIN = 60;
const EVENTS_A_SESSION = LARGE.events / SESSIONS;
/** Longer than an episode is kept, so that some were archived for their age. */
const DAYS = 396;
/** While they fill: a fifth less work at 60,000 events in the embedded database, whose buffers hold few index pages. */
const TABLES_WITHOUT_INDEXES = ["events", "merge_audit", "outcome_log", "shown_precedents"] as const;

export interface SeedLargeOptions {
  readonly sql: Sql;
  readonly zstd: Zstd;
  readonly clock: Clock;
  /** Seeded: the same one gives the same ids. */
  readonly random: Random;
  /** 1 is the fleet that the budgets are set for; 0.1 a tenth of it. */
  readonly scale: number;
  readonly progress?: (progress: SeedProgress) => void;
}

export interface SeedProgress {
  readonly step: string;
  readonly done: number;
  readonly of: number;
}

export interface SeededFleet {
  readonly rigs: number;
  readonly events: number;
  readonly episodes: number;
  readonly versions: number;
}

/**
 * Fills an empty, migrated database with a fleet of thirteen months, up to the clock's now: everything that the
 * dashboard shows, and nothing that the hub itself would not have stored. Faults: `config` when it is not empty.
 */
export async function seedLarge(options: SeedLargeOptions): Promise<SeededFleet> {
  const { sql, random, clock, scale, zstd } = options;
  const progress = options.progress ?? (() => {});
  await refuseNonEmpty(sql);
  const settings = readSettings(hubSettingTable, []);
  const calendar = calendarOf(clock.now());
  const rigs = planFleet(random, calendar, Math.max(RIGS_MIN, Math.round(LARGE.rigs * scale)));
  const sessions = Math.max(SESSIONS_MIN, Math.round(SESSIONS * scale));
  const plans = planSessions(random, rigs, { sessions, events: Math.round(sessions * EVENTS_A_SESSION) });
  const rigRows = rigs.map((rig) => rigRow(random, calendar, rig));
  await inBulk(sql, (tx) => insertRows(tx, { table: "rigs", rows: rigRows }));

  const held = await inBulk(sql, (tx) => dropIndexes(tx, TABLES_WITHOUT_INDEXES));
  const templates = eventTemplates();
  const making: EventMaking = { random, zstd, templates, drillers: new Drillers(), nowMs: calendar.nowMs };
  const stored = await storeSessions({ sql, calendar, making, plans, progress });
  await inBulk(sql, (tx) => storeKeptAside(tx, making, stored.newest));
  const fates = decideFates({ random, calendar, settings, lives: stored.lives });
  const versions = versionsOf(fates);
  await storeLibrary({ sql, random, calendar, settings, versions, stored, progress });
  await storeContacts({ sql, random, calendar, rigs, versions, uploads: stored.uploads, progress });
  const lossy = rigs.map((rig, nth) => ({ rig, dropped: rigRows[nth]?.dropped_events ?? 0 }));
  await storeTroubles({ sql, random, calendar, rigs: lossy });
  progress({ step: "counts and indexes", done: 0, of: 2 });
  await inBulk(sql, async (tx) => {
    await countAll(tx);
    await restoreIndexes(tx, held);
  });
  progress({ step: "counts and indexes", done: 1, of: 2 });
  await settleTables(sql);
  progress({ step: "counts and indexes", done: 2, of: 2 });
  return { rigs: rigs.length, events: stored.events, episodes: fates.length, versions: versions.length };
}

/** Whole days, so that the slots of curation meet the hours. */
function calendarOf(nowMs: number): Calendar {
  return { nowMs, startMs: Math.floor(nowMs / DAY_MS) * DAY_MS - DAYS * DAY_MS };
}
