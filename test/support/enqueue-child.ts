import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { MIB } from "../../src/base/limits.ts";
import { openQueue } from "../../spoke/queue/queue.ts";
import { someEvents } from "./rig-queue.ts";

/** Enqueues events of RIG-1 from the given second on, and prints each id once `enqueue` has returned. */
const [path = "", from = ""] = process.argv.slice(2);
const limits = { maxEvents: 1_000_000, maxBytes: 1024 * MIB };
const queue = openQueue(path, { clock: systemClock, log: silentLog, rigId: "RIG-1", limits });
process.stdout.write("open\n");
for (let second = Number(from); ; second++) {
  for (const body of someEvents(1, second)) process.stdout.write(`${queue.enqueue(body).id}\n`);
}
