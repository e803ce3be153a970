import { silentLog } from "../../src/base/log.ts";
import type { Net } from "../../src/base/net.ts";
import { seededRandom } from "../../src/base/random.ts";
import { Fault } from "../../src/base/fault.ts";
import type { SpokeContext } from "../../spoke/context.ts";
import { readSpokeSettings, type SpokeSettings } from "../../spoke/settings.ts";
import { testClock, type TestClock } from "./clock.ts";
import { temporaryDirectory } from "./temporary.ts";

const SEED = 20_261_111;

export interface RigContext extends SpokeContext {
  readonly clock: TestClock;
}

export interface RigOverrides extends Partial<Omit<RigContext, "settings">> {
  readonly settings?: Partial<SpokeSettings>;
}

/** A spoke's context: RIG-1, a fresh data directory, time that stands still, and no link. */
export function rigContext(overrides: RigOverrides = {}): RigContext {
  const given = { hub_url: "http://hub.test:8080", rig_id: "RIG-1", api_key: `sk-fleet-${"k".repeat(43)}` };
  const source = {
    get: (key: string) => (key in given ? { raw: given[key as keyof typeof given], name: key } : undefined),
  };
  const settings = { ...readSpokeSettings([source]), data_dir: temporaryDirectory(), ...overrides.settings };
  return {
    clock: testClock("2026-11-23T12:00:00Z"),
    random: seededRandom(SEED),
    log: silentLog,
    net: noLink,
    ...overrides,
    settings,
  };
}

/** A link that is down. */
export const noLink: Net = {
  send: () => Promise.reject(new Fault("unavailable", "the hub cannot be reached (ECONNREFUSED)")),
};
