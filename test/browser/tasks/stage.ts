import { afterAll, beforeAll } from "bun:test";
import { seedLarge } from "../../../scripts/demo/seed-large.ts";
import { seededRandom } from "../../../src/base/random.ts";
import { authenticateRig, registerRig, revokeRig } from "../../../src/domain/rigs.ts";
import type { OpenedHub } from "../../support/hub.ts";
import { openBrowserHub, type BrowserHub } from "../support/browser-hub.ts";
import { realClock } from "./real-clock.ts";

const SEED = 20_261_125;
/** A tenth of what the budgets are set for fits a build; 1 is for a person who waits. */
const SCALE = Number(process.env["FLEET_TASKS_SCALE"] ?? "0.1");
/** The whole fleet takes minutes. */
const SEED_MS = 20 * 60_000;

const PLACE = { well_id: "HALEY 12-7H", field: "Permian Basin" };
const DAY_MS = 86_400_000;
/** A small seed may have heard of every rig lately. */
const SILENT_DAYS = 5;

/** What an auditor asks for: these two and no other. */
export const REVOKED_IN_MAY = ["RIG-MAY-1", "RIG-MAY-2"] as const;
const REVOKED: readonly (readonly [rig: string, day: string])[] = [
  ["RIG-APRIL", "04-30T23:59:59Z"],
  [REVOKED_IN_MAY[0], "05-01T00:00:00Z"],
  [REVOKED_IN_MAY[1], "05-31T23:59:59Z"],
  ["RIG-JUNE", "06-01T00:00:00Z"],
];
export const AUDITED = { name: "admin", address: "10.8.0.9" } as const;

/** The fleet that every task is done with: one for the suite, at the real time. */
export function tasksHub(): () => BrowserHub {
  let hub: BrowserHub | undefined;
  beforeAll(async () => {
    hub = await openBrowserHub({ clock: realClock, seed });
  }, SEED_MS);
  afterAll(async () => hub?.close());
  return () => {
    if (hub === undefined) throw new Error("the hub opens before the suite's first test");
    return hub;
  };
}

async function seed({ context }: OpenedHub): Promise<void> {
  const made = await seedLarge({ ...context, random: seededRandom(SEED), scale: SCALE });
  process.stdout.write(`seeded ${JSON.stringify(made)}\n`);
  const daysAgo = { ...context, clock: { ...realClock, now: () => realClock.now() - SILENT_DAYS * DAY_MS } };
  const silent = await registerRig(daysAgo, { rig_id: "RIG-SILENT-2", ...PLACE }, AUDITED);
  await authenticateRig(daysAgo, silent.api_key);
  const year = yearOfTheLastMay(context.clock.now());
  for (const [rig_id, day] of REVOKED) {
    const then = { ...context, clock: { ...realClock, now: () => Date.parse(`${year}-${day}`) } };
    await registerRig(then, { rig_id, ...PLACE }, AUDITED);
    await revokeRig(then, rig_id, AUDITED, { reason: `computer of ${rig_id} stolen` });
  }
}

/** Of the last May that is over. */
export function yearOfTheLastMay(nowMs: number): number {
  const year = new Date(nowMs).getUTCFullYear();
  return nowMs >= Date.UTC(year, 5, 2) ? year : year - 1;
}
