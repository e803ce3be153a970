import { diskSpace, type DiskSpace } from "../../base/disk.ts";
import { WIRE_VERSION } from "../../wire/protocol.ts";
import {
  databaseFacts,
  lastBackups,
  ping,
  replicas,
  sizeHistory,
  spokeCounts,
  type BackupRow,
  type DatabaseFacts,
  type Replica,
  type SpokeCount,
} from "../../db/dashboard/system.ts";
import type { HubContext } from "../context.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { hubSettingTable, type HubSettings } from "../settings.ts";

const REPLICAS_MAX = 20;
const SPOKE_VERSIONS_MAX = 20;
const BACKUPS_SHOWN = 5;
/** Growth is measured over so many days, or as many as there are. */
const GROWTH_DAYS = 30;
const DAY_MS = 86_400_000;

export interface DatabaseState extends DatabaseFacts {
  readonly engine: "server" | "embedded";
  /** A round trip that reads nothing. */
  readonly latency_ms: number;
  readonly pool: number;
  readonly replicas: readonly Replica[];
  /** Of a day, over the days that are known; null before the second. */
  readonly growth_bytes_per_day: number | null;
  readonly growth_days: number;
  /** Of the embedded database; a server's disk cannot be seen from here. */
  readonly disk: DiskSpace | undefined;
  /** Until the disk is full at this growth; null when it does not grow or cannot be seen. */
  readonly disk_days_left: number | null;
}

export async function databaseState(context: HubContext): Promise<DatabaseState> {
  const { sql, settings } = context;
  const engine = settings.database_url === undefined ? "embedded" : "server";
  const [latency_ms, facts, standbys, growth, disk] = await Promise.all([
    roundTripMs(context),
    databaseFacts(sql),
    replicas(sql, REPLICAS_MAX),
    growthOf(context),
    engine === "embedded" ? diskSpace(settings.data_dir) : undefined,
  ]);
  const perDay = growth.growth_bytes_per_day;
  const disk_days_left = disk === undefined || perDay === null || perDay <= 0 ? null : disk.free_bytes / perDay;
  const pool = engine === "embedded" ? 1 : settings.database_pool;
  return { engine, latency_ms, pool, ...facts, replicas: standbys, ...growth, disk, disk_days_left };
}

async function roundTripMs({ sql, clock }: HubContext): Promise<number> {
  // The first may open a connection.
  await ping(sql);
  const started = clock.monotonic();
  await ping(sql);
  return clock.monotonic() - started;
}

async function growthOf({ sql }: HubContext): Promise<Pick<DatabaseState, "growth_bytes_per_day" | "growth_days">> {
  const history = await sizeHistory(sql, GROWTH_DAYS + 1);
  const [first, last] = [history[0], history.at(-1)];
  if (first === undefined || last === undefined) return { growth_bytes_per_day: null, growth_days: 0 };
  const growth_days = Math.round((Date.parse(last.day) - Date.parse(first.day)) / DAY_MS);
  const grown = last.database_bytes - first.database_bytes;
  return { growth_bytes_per_day: growth_days === 0 ? null : grown / growth_days, growth_days };
}

export interface Versions {
  readonly wire: number;
  readonly spokes: readonly SpokeCount[];
}

export async function versions({ sql }: HubContext): Promise<Versions> {
  return { wire: WIRE_VERSION, spokes: await spokeCounts(sql, SPOKE_VERSIONS_MAX) };
}

/** Backups and proofs, each newest first. */
export async function backups({ sql }: HubContext): Promise<IsoTimes<BackupRow>[]> {
  return (await lastBackups(sql, BACKUPS_SHOWN)).map(isoTimes);
}

export interface LimitInForce {
  readonly name: keyof HubSettings;
  readonly meaning: string;
  readonly value: string;
  /** Whether it is what the hub does by itself. */
  readonly standard: boolean;
}

/** Every setting that holds no secret, as it is now. */
export function limitsInForce({ settings }: HubContext): LimitInForce[] {
  const names = Object.keys(hubSettingTable) as (keyof HubSettings)[];
  return names
    .filter((name) => !hubSettingTable[name].secret)
    .map((name) => ({
      name,
      meaning: hubSettingTable[name].doc,
      value: String(settings[name] ?? "not set"),
      standard: settings[name] === hubSettingTable[name].fallback,
    }));
}
