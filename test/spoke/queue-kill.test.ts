import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { silentLog } from "../../src/base/log.ts";
import { MIB } from "../../src/base/limits.ts";
import { seededRandom, unitInterval } from "../../src/base/random.ts";
import { openQueue, type Queue } from "../../spoke/queue/queue.ts";
import { testClock } from "../support/clock.ts";
import { someEvents } from "../support/rig-queue.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const KILLS = 20;
const EVENTS_MAX = 60;
const FOLDER_KILLS = 8;
const FILES = 120;
const TIMEOUT_MS = 120_000;

function child(script: string, ...args: string[]): Bun.Subprocess<"ignore", "pipe", "inherit"> {
  const path = join(import.meta.dir, "..", "support", script);
  return Bun.spawn([process.execPath, path, ...args], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
}

function reopened(path: string): Queue {
  const limits = { maxEvents: 1_000_000, maxBytes: 1024 * MIB };
  return openQueue(path, { clock: testClock(), log: silentLog, rigId: "RIG-1", limits });
}

/** Every id the child said it had, up to a kill -9 after about `afterIds` of them. */
async function acknowledgedBefore(kill: { path: string; from: number; afterIds: number }): Promise<string[]> {
  const spoke = child("enqueue-child.ts", kill.path, String(kill.from));
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of spoke.stdout) {
    text += decoder.decode(chunk);
    if (text.split("\n").length > kill.afterIds) spoke.kill("SIGKILL");
  }
  await spoke.exited;
  // A line that the kill cut off was not heard whole.
  const lines = text.split("\n").slice(0, -1);
  return lines.filter((line) => line !== "open");
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
    const queue = reopened(path);
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    expect(acknowledged.filter((id) => queue.stateOf(id) !== "pending")).toEqual([]);
    expect(queue.status()).toMatchObject({ corrupt: 0, dropped: {} });
    queue.close();
  },
  TIMEOUT_MS,
);

/** Kills the child once a random number of files is gone. */
async function killWithFilesLeft(path: string, folder: string, left: number): Promise<void> {
  const spoke = child("folder-child.ts", path, folder);
  while (readdirSync(folder).length > left) await new Promise(setImmediate);
  spoke.kill("SIGKILL");
  await spoke.exited;
}

test(
  "defect 21: an event of the rig's folder is always in the folder, in the queue or in both, wherever a kill -9 strikes",
  async () => {
    const base = temporaryDirectory();
    const path = join(base, "queue.sqlite");
    const random = seededRandom(22);
    for (let kill = 0; kill < FOLDER_KILLS; kill++) {
      const folder = join(base, `folder-${kill}`);
      mkdirSync(folder);
      const from = 1_000_000 * (kill + 1);
      for (const [at, bytes] of someEvents(FILES, from).entries()) {
        writeFileSync(join(folder, `RIG-1-${from + at}.json`), bytes);
      }
      await killWithFilesLeft(path, folder, Math.floor(unitInterval(random) * FILES));
      const queue = reopened(path);
      const files = new Set(readdirSync(folder));
      const ids = Array.from({ length: FILES }, (_, at) => `RIG-1-${from + at}`);
      expect(ids.filter((id) => queue.stateOf(id) !== "pending" && !files.has(`${id}.json`))).toEqual([]);
      expect(files.size).toBeLessThan(FILES);
      queue.close();
    }
  },
  TIMEOUT_MS,
);
