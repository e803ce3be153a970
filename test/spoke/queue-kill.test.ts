import { expect, test } from "bun:test";
import { join } from "node:path";
import { silentLog } from "../../src/base/log.ts";
import { MIB } from "../../src/base/limits.ts";
import { seededRandom, unitInterval } from "../../src/base/random.ts";
import { openQueue } from "../../spoke/queue/queue.ts";
import { testClock } from "../support/clock.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const KILLS = 20;
const EVENTS_MAX = 60;
const TIMEOUT_MS = 120_000;

/** Every id the child said it had, up to a kill -9 after about `afterIds` of them. */
async function acknowledgedBefore(kill: { path: string; from: number; afterIds: number }): Promise<string[]> {
  const command = ["bun", join(import.meta.dir, "../support/enqueue-child.ts"), kill.path, String(kill.from)];
  const child = Bun.spawn([process.execPath, ...command.slice(1)], { stdout: "pipe", stderr: "inherit" });
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk);
    if (text.split("\n").length > kill.afterIds) child.kill("SIGKILL");
  }
  await child.exited;
  const lines = text.split("\n");
  // A line that the kill cut off was not heard whole.
  return lines.slice(0, -1).filter((line) => line !== "open");
}

test(
  "defect 21: nothing whose enqueue returned is lost by kill -9, wherever it strikes",
  async () => {
    const path = join(temporaryDirectory(), "queue.sqlite");
    const random = seededRandom(21);
    const acknowledged: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const afterIds = 1 + Math.floor(unitInterval(random) * EVENTS_MAX);
      acknowledged.push(...(await acknowledgedBefore({ path, from: 1_000_000 * (kill + 1), afterIds })));
    }
    const limits = { maxEvents: 1_000_000, maxBytes: 1024 * MIB };
    const queue = openQueue(path, { clock: testClock(), log: silentLog, rigId: "RIG-1", limits });
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    expect(acknowledged.filter((id) => queue.stateOf(id) !== "pending")).toEqual([]);
    expect(queue.status()).toMatchObject({ corrupt: 0, dropped: {} });
    queue.close();
  },
  TIMEOUT_MS,
);
