import { seededRandom } from "../../src/base/random.ts";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { MIB } from "../../src/base/limits.ts";
import { createFolderIntake } from "../../spoke/queue-folder.ts";
import { openQueue } from "../../spoke/queue/queue.ts";
import { rigContext } from "./rig.ts";

/** Takes up RIG-1's files in the given folder, and says after each look that it has looked. */
const [path = "", folder = ""] = process.argv.slice(2);
const context = { ...rigContext({ settings: { queue_dir: folder } }), clock: systemClock, random: seededRandom(1) };
const limits = { maxEvents: 1_000_000, maxBytes: 1024 * MIB };
const queue = openQueue(path, { clock: systemClock, log: silentLog, rigId: "RIG-1", limits });
const intake = createFolderIntake(context, queue);
process.stdout.write("open\n");
for (;;) {
  await intake.scanOnce();
  process.stdout.write("looked\n");
}
