/** npm run test:faults -- damaged-bytes: zstd, JSON and replies that are not what they should be, both ways. */
import { shootAtHub } from "./bytes/to-hub.ts";
import { shootAtRig } from "./bytes/to-rig.ts";
import { row } from "./support/row.ts";

const DAMAGED = 10_000;
const SEED = 10_001;
/** Of those that go to the hub; the others come from it. */
const TO_HUB = 0.6;

row("damaged-bytes", { full: DAMAGED }, async (times) => {
  const toHub = Math.ceil(times * TO_HUB);
  const hub = await shootAtHub(toHub, SEED);
  const rig = await shootAtRig(times - toHub, SEED);
  return {
    faults: times,
    hits: new Map([...hub.hits, ...rig.hits]),
    lost: [],
    doubled: [],
    wrong: [...hub.wrong, ...rig.wrong],
  };
});
