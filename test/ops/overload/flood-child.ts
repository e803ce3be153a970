// More than the hub can do, in a process of its own: so many uploads a second whatever comes of the ones before, and
// among them hostile ones. bun flood-child.ts TARGET SECONDS RATE HOSTILE_SHARE BASE; prints what was heard as JSON.
import { hostile } from "./hostile.ts";
import { newEvent, newHeard, upload, type Target } from "./senders.ts";

const TICK_MS = 10;
/** Past it the flood is held up by its own machine; it says how often. */
const OPEN_MAX = 2000;

const [target = "", seconds = "", rate = "", share = "", base = ""] = process.argv.slice(2);
const to = (await Bun.file(target).json()) as Target;
const until = performance.now() + Number(seconds) * 1000;
const good = newHeard();
const bad = newHeard();
let unsent = 0;
let sent = 0;

const began = performance.now();
const sending = new Set<Promise<void>>();
while (performance.now() < until) {
  const due = Math.floor(((performance.now() - began) / 1000) * Number(rate));
  for (; sent < due; sent++) {
    if (sending.size >= OPEN_MAX) unsent++;
    else begin(sent);
  }
  await Bun.sleep(TICK_MS);
}
await Promise.all(sending);
process.stdout.write(JSON.stringify({ good, bad, sent, unsent }));

function begin(number: number): void {
  const running = one(number);
  sending.add(running);
  void running.finally(() => sending.delete(running));
}

async function one(number: number): Promise<void> {
  const rig = to.rigs[number % to.rigs.length];
  if (rig === undefined) return;
  const isBad = number % 100 < Number(share) * 100;
  await (isBad ? hostile(to, rig, number, bad) : upload(to, rig, newEvent(rig.id, Number(base)), good));
}
