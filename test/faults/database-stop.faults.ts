/** npm run test:faults -- database-stop: PostgreSQL stops at once, without a checkpoint, under a hub that goes on. */
import { startFleet } from "./support/fleet.ts";
import { row } from "./support/row.ts";
import { besiege } from "./support/siege.ts";

const SEED = 7_003;

row("database-stop", 300, async (times) => {
  const fleet = await startFleet({ engine: "server", rigs: 2, wires: 4, seed: SEED });
  try {
    return await besiege(fleet, {
      times,
      work: { uploads: 8, enqueues: 1 },
      async strike({ cluster }) {
        await cluster?.stop("SIGQUIT");
        await cluster?.start();
      },
    });
  } finally {
    await fleet.close();
  }
});
