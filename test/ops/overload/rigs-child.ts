// Good rigs, in a process of their own: each sends one event after the other and waits as it is told.
// bun rigs-child.ts TARGET SECONDS PAUSE_MS BASE; prints what was heard as JSON.
import { newEvent, newHeard, upload, type Target } from "./senders.ts";

const [target = "", seconds = "", pauseMs = "", base = ""] = process.argv.slice(2);
const to = (await Bun.file(target).json()) as Target;
const until = performance.now() + Number(seconds) * 1000;
const heard = newHeard();
const slowest: number[] = [];

async function rig(who: Target["rigs"][number]): Promise<void> {
  while (performance.now() < until) {
    const event = newEvent(who.id, Number(base));
    const began = performance.now();
    for (;;) {
      const { status, waitS } = await upload(to, who, event, heard);
      if (status === 201 || status === 409) break;
      await Bun.sleep(waitS * 1000 * (0.5 + Math.random()));
    }
    slowest.push(performance.now() - began);
    await Bun.sleep(Number(pauseMs) * (0.5 + Math.random()));
  }
}

await Promise.all(to.rigs.map(rig));
process.stdout.write(JSON.stringify({ ...heard, untilTakenMs: slowest }));
