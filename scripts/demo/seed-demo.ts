import { join } from "node:path";
import type { Sql } from "postgres";
import type { Clock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import type { Random } from "../../src/base/random.ts";
import { readSettings } from "../../src/base/settings.ts";
import type { Zstd } from "../../src/base/zstd.ts";
import type { HubContext } from "../../src/domain/context.ts";
import { hubSettingTable } from "../../src/domain/settings.ts";
import { DEMO_PLACES } from "./demo-fleet.ts";
import { playScenes } from "./demo-stage.ts";
import { writeScript } from "./demo-script.ts";
import { readDemoEvents } from "./fixtures.ts";
import { Drillers } from "./seed/answers.ts";
import { refuseNonEmpty } from "./seed/store.ts";
import { DAY_MS, SECOND_MS } from "./seed/times.ts";

const DEMO_DAYS = 35;

export interface SeedDemoOptions {
  readonly sql: Sql;
  readonly zstd: Zstd;
  /** When the demo's past ends. */
  readonly clock: Clock;
  readonly random: Random;
  /** For what the hub rebuilds: libraries as they are sent. */
  readonly cacheDir: string;
  /** 35 when it is not given. */
  readonly days?: number;
  /** Situations of the fixtures that are left to the live story. */
  readonly untold?: ReadonlySet<string>;
}

export interface SeededDemo {
  /** By rig. */
  readonly keys: ReadonlyMap<string, string>;
  readonly events: number;
}

/**
 * Plays five weeks of eight rigs into an empty, migrated database, through the hub's own domain at the times when it
 * happened. Faults: `config` when the database is not empty.
 */
export async function seedDemo(options: SeedDemoOptions): Promise<SeededDemo> {
  const { sql, zstd, random, cacheDir, days = DEMO_DAYS, untold = new Set<string>() } = options;
  await refuseNonEmpty(sql);
  const nowMs = Math.floor(options.clock.now() / SECOND_MS) * SECOND_MS;
  const clock = stageClock(options.clock, nowMs - days * DAY_MS);
  const settings = { ...readSettings(hubSettingTable, []), demo: true };
  const context: HubContext = { sql, zstd, random, clock, log: silentLog, settings, shard: 0 };
  const scenes = writeScript({ random, drillers: new Drillers(), nowMs, days, events: readDemoEvents(), untold });
  const stage = { context, clock, cacheDir: join(cacheDir, "demo-library"), nowMs };
  const keys = await playScenes(stage, DEMO_PLACES, scenes);
  return { keys, events: scenes.filter(({ kind }) => kind === "event").length };
}

export interface StageClock extends Clock {
  set(ms: number): void;
}

/** The wall clock of the play; how long something takes is still told by the real one. */
function stageClock(real: Clock, startMs: number): StageClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    monotonic: () => real.monotonic(),
    sleep: (ms, signal) => real.sleep(ms, signal),
    set(ms) {
      nowMs = ms;
    },
  };
}
