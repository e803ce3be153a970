/**
 * npm run test:faults -- power-cut: the power goes on rigs and on hubs with their embedded database. What is left is the
 * file system as the disk had it in that instant: the page cache is lost, the journal is replayed by the next mount.
 */
import { test } from "bun:test";
import { diskProblem, openDisks } from "./disk/disks.ts";
import { cutHubs } from "./disk/hub-cuts.ts";
import { cutRigs } from "./disk/rig-cuts.ts";
import { row } from "./support/row.ts";

const CUTS = 300;
const SEED = 11_001;
const ON_RIGS = 2 / 3;

const problem = diskProblem();
if (problem !== undefined) test.skip(`power-cut: ${problem}`, () => {});
else
  row("power-cut", { full: CUTS }, async (times) => {
    const disks = openDisks();
    try {
      const onRigs = Math.ceil(times * ON_RIGS);
      const rigs = await cutRigs(disks, onRigs, SEED);
      const hubs = await cutHubs(disks, times - onRigs, SEED);
      const hits = new Map([
        ["rigs", onRigs],
        ["hubs", times - onRigs],
      ]);
      const lost = [...rigs.lost, ...hubs.lost];
      return { faults: times, hits, lost, doubled: [], wrong: [...rigs.wrong, ...hubs.wrong] };
    } finally {
      disks.close();
    }
  });
