/** npm run test:faults -- full-disk: disks of rigs and hubs run full, and get room again. */
import { test } from "bun:test";
import { diskProblem, openDisks } from "./disk/disks.ts";
import { fillHubs } from "./disk/full-hubs.ts";
import { fillRigs } from "./disk/full-rigs.ts";
import { row } from "./support/row.ts";

const FILLS = 200;
const SEED = 12_001;

const problem = diskProblem();
if (problem !== undefined) test.skip(`full-disk: ${problem}`, () => {});
else
  row("full-disk", { full: FILLS }, async (times) => {
    const disks = openDisks();
    try {
      const onHubs = Math.floor(times / 4);
      const rigs = await fillRigs(disks, times - 2 * onHubs, SEED);
      const embedded = await fillHubs(disks, { times: onHubs, seed: SEED, engine: "embedded" });
      const server = await fillHubs(disks, { times: onHubs, seed: SEED, engine: "server" });
      const all = [rigs, embedded, server];
      const hits = new Map([
        ["rigs", times - 2 * onHubs],
        ["embedded hubs", onHubs],
        ["PostgreSQL", onHubs],
        ["refused on rigs", rigs.refused],
        ["told to wait by embedded hubs", embedded.refused],
        ["told to wait by hubs with PostgreSQL", server.refused],
      ]);
      const lost = all.flatMap((found) => found.lost);
      return { faults: times, hits, lost, doubled: [], wrong: all.flatMap((found) => found.wrong) };
    } finally {
      disks.close();
    }
  });
