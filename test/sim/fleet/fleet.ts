import type { Sql } from "postgres";
import type { Kernel, Life } from "../kernel/kernel.ts";
import type { Dice } from "../kernel/random.ts";
import type { SimDatabase } from "../kernel/database.ts";
import type { Sessions } from "../kernel/sessions.ts";
import type { Trace } from "../kernel/trace.ts";
import type { Model } from "../model/model.ts";
import type { Plan } from "./plan.ts";
import type { SimHub } from "./hub.ts";
import type { SimNet } from "./net.ts";
import type { OldRig } from "./old-rig.ts";
import type { SimRig } from "./rig.ts";

/** Monday, before sunrise: what the machines' clocks say when a run begins. */
export const START_MS = Date.parse("2026-11-09T06:00:00Z");
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const ADMIN_KEY = "the-admin-key-of-the-simulation";

/** How often each fault really happened: a generator that makes none would show. */
export interface Tally {
  count(fault: string): void;
  readonly counts: ReadonlyMap<string, number>;
}

/** What all of a run's parts share. */
export interface Fleet {
  readonly plan: Plan;
  readonly kernel: Kernel;
  readonly dice: Dice;
  readonly trace: Trace;
  readonly tally: Tally;
  readonly model: Model;
  /** The real database, past the simulation: for what looks on from outside. */
  readonly monitor: Sql;
  readonly sessions: Sessions;
  readonly database: SimDatabase;
  /** Below it lies everything that machines keep. */
  readonly folder: string;
  /** Never dies: the network, the people, and time itself. */
  readonly world: Life;
  readonly hubs: SimHub[];
  readonly rigs: SimRig[];
  readonly oldRigs: OldRig[];
  readonly net: SimNet;
  /** What people have begun and not finished. */
  readonly jobs: { open: number };
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return { counts, count: (fault) => void counts.set(fault, (counts.get(fault) ?? 0) + 1) };
}
