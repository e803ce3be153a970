/** npm run test:faults -- golden: rigs and hubs of the first implementation with ours, and with their own, by their wire. */
import { row, type Tried } from "./support/row.ts";
import { newRigOldHub } from "./golden/new-rig-old-hub.ts";
import { onNewHub } from "./golden/on-new-hub.ts";
import { oldRigOldHub } from "./golden/old-rig-old-hub.ts";

const SEED = 7_020;

row("golden", { full: 5, least: 1 }, async (times) => {
  const hits = new Map<string, number>();
  const all: Tried[] = [];
  for (let nth = 0; nth < times; nth++) {
    for (const pair of [oldRigOldHub, newRigOldHub, onNewHub]) {
      const tried = await pair(SEED + nth);
      for (const [what, count] of tried.hits ?? []) hits.set(what, (hits.get(what) ?? 0) + count);
      all.push(tried);
    }
  }
  return {
    faults: all.reduce((sum, { faults }) => sum + faults, 0),
    hits,
    lost: all.flatMap(({ lost }) => lost),
    doubled: all.flatMap(({ doubled }) => doubled),
    wrong: all.flatMap(({ wrong }) => wrong),
  };
});
