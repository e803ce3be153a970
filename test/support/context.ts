import type { Sql } from "postgres";
import { silentLog } from "../../src/base/log.ts";
import { seededRandom } from "../../src/base/random.ts";
import { readSettings } from "../../src/base/settings.ts";
import { openZstd } from "../../src/base/zstd-native.ts";
import type { HubContext } from "../../src/domain/context.ts";
import { hubSettingTable, type HubSettings } from "../../src/domain/settings.ts";
import { testClock, type TestClock } from "./clock.ts";

const SEED = 20_261_110;
const zstd = await openZstd();

export interface TestContext extends HubContext {
  readonly clock: TestClock;
}

export interface ContextOverrides extends Partial<Omit<TestContext, "sql" | "settings">> {
  readonly settings?: Partial<HubSettings>;
}

/** A hub's context over real SQL: time stands still, randomness repeats, the log is silent, settings are the defaults. */
export function testContext(sql: Sql, overrides: ContextOverrides = {}): TestContext {
  return {
    sql,
    clock: testClock(),
    random: seededRandom(SEED),
    log: silentLog,
    zstd,
    shard: 0,
    ...overrides,
    settings: { ...readSettings(hubSettingTable, []), ...overrides.settings },
  };
}
