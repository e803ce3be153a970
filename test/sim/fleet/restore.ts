import { raiseEpoch } from "../../../src/db/backup/rows.ts";
import type { Dice } from "../kernel/random.ts";
import { HOUR_MS, type Fleet } from "./fleet.ts";

/** The hub's database is lost, and comes back as it was some time before. */
export function startRestores(fleet: Fleet, dice: Dice): void {
  const { plan, kernel, world, tally, database, monitor, hubs } = fleet;
  const takenMs = dice.unit() * plan.hours * HOUR_MS;
  const lostMs = takenMs + dice.unit() * (plan.hours * HOUR_MS - takenMs);
  kernel.quietly(takenMs, world, async () => {
    kernel.note(world, "backup is taken");
    const bringBack = await database.backUp();
    kernel.quietly(lostMs - takenMs, world, async () => {
      tally.count("backup restored");
      for (const hub of hubs) await hub.kill();
      kernel.note(world, "restore of the backup");
      await bringBack();
      await raiseEpoch(monitor);
      // By chance there, by the seed here: what is sent must have the same bytes in every run.
      await monitor`update library_state set epoch = ${`restored-of-${plan.seed}`}`;
      for (const hub of hubs) await hub.boot();
    });
  });
}
