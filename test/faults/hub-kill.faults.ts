/** npm run test:faults -- hub-kill: kill -9 of hubs while they take in and curate, over PostgreSQL and embedded. */
import { startFleet } from "./support/fleet.ts";
import { row } from "./support/row.ts";
import { besiege } from "./support/siege.ts";

const SEED = 7_002;
/** A start of the embedded database takes a second of a processor, so a twentieth of the kills is of it. */
const SHARES = { server: { full: 950, least: 20 }, embedded: { full: 50, least: 5 } } as const;

for (const engine of ["server", "embedded"] as const) {
  row(`hub-kill-${engine}`, SHARES[engine], async (times) => {
    const fleet = await startFleet({ engine, rigs: 2, wires: 4, seed: SEED });
    try {
      return await besiege(fleet, {
        times,
        work: { uploads: 8, enqueues: 1 },
        async strike({ hub }) {
          await hub.kill();
          await hub.start();
        },
      });
    } finally {
      await fleet.close();
    }
  });
}
