import { diceOf, type Dice } from "../kernel/random.ts";
import { MINUTE_MS } from "./fleet.ts";

/** What a seed makes of a run: how large, how long, how bad. */
export interface Plan {
  readonly seed: number;
  readonly hours: number;
  readonly rigs: number;
  readonly hubs: number;
  /** Incidents of a rig in the whole run; each brings one to four events. */
  readonly incidents: number;
  readonly backlogPollMs: number;
  readonly folderScanMs: number;
  readonly uploadIntervalS: number;
  readonly syncIntervalS: number;
  readonly curationIntervalS: number;
  /** Events a rig's queue holds. */
  readonly queueMax: number;
  /** Episodes a library holds where it is pruned: so few that it is. */
  readonly libraryMax: number;
  /** Which kinds of trouble there are: most runs have some of them, some none, so that each is also tried alone. */
  readonly troubles: ReadonlySet<Trouble>;
}

export const TROUBLES = [
  "bad links",
  "cuts",
  "rig kills",
  "power cuts",
  "hub kills",
  "rig clocks",
  "hub clock",
  "full queue",
  "keys",
  "revocation",
  "purge",
  "prune",
  "restore",
  "second hub",
  "old rig",
] as const;

/** Thought of later, each with dice of its own: the seeds before them keep their plans. */
const LATER_TROUBLES = [
  /** The rig software hands an event in hours after it was made. */
  "late events",
  /** A rig's clock is set back right after an answer, and another answer follows. */
  "clock between answers",
  /** A hub dies while it takes an event in. */
  "upload kills",
  /** Removed episodes are told for hours, not for months. */
  "short memory",
  /** The whole field is without power for a while, and all rigs come back within a second. */
  "rush",
  /** Statements take so long that what else would be over in a moment meets others. */
  "slow database",
] as const;
export type Trouble = (typeof TROUBLES)[number] | (typeof LATER_TROUBLES)[number];

/** Those that are too rare a thing to come with everything else. */
const SELDOM: ReadonlySet<Trouble> = new Set(["purge", "restore", "full queue"]);

const KEY_TROUBLES: ReadonlySet<Trouble> = new Set(["keys", "revocation", "purge", "old rig"]);

export function planOf(seed: number): Plan {
  const dice = diceOf(seed, "plan");
  const troubles = troublesOf(dice);
  return {
    seed,
    hours: dice.pick([2, 3, 6, 6, 12, 24]),
    rigs: dice.chance(0.03) ? dice.int(8, 40) : dice.int(2, 4),
    hubs: troubles.has("second hub") ? 2 : 1,
    incidents: dice.int(1, 2),
    backlogPollMs: dice.pick([10 * MINUTE_MS, 30 * MINUTE_MS, 120 * MINUTE_MS]),
    folderScanMs: dice.pick([5 * MINUTE_MS, 30 * MINUTE_MS]),
    uploadIntervalS: dice.pick([900, 3600, 7200]),
    syncIntervalS: dice.int(1, 3) * 3600,
    curationIntervalS: dice.int(2, 12) * 3600,
    queueMax: troubles.has("full queue") ? dice.int(2, 6) : 1000,
    libraryMax: dice.fork("library").int(2, 8),
    troubles,
  };
}

function troublesOf(dice: Dice): ReadonlySet<Trouble> {
  const share = dice.pick([0, 0.2, 0.4, 0.7]);
  const chosen = new Set<Trouble>(TROUBLES.filter((trouble) => dice.chance(SELDOM.has(trouble) ? share / 2 : share)));
  for (const trouble of LATER_TROUBLES) if (dice.fork(trouble).chance(share)) chosen.add(trouble);
  // It is told what is gone, but never that all else is too: a cursor older than the tombstones leaves it with more.
  if (chosen.has("old rig")) chosen.delete("short memory");
  // A key that was made after the backup is gone with the hub, and an old rig offers nothing again.
  return chosen.has("restore") ? new Set([...chosen].filter((trouble) => !KEY_TROUBLES.has(trouble))) : chosen;
}
