import { expect, test } from "bun:test";
import { cpSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSpokeQueue, openSpokeQueueAlone } from "../../spoke/files.ts";
import { logDamage } from "../../spoke/queue/log-mend.ts";
import { recordingLog } from "../support/recording-log.ts";
import { rigContext } from "../support/rig.ts";
import { drained, someEvents } from "../support/rig-queue.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const EVENTS = 6;
const FIRST = 100;
const FLIPS = 25;
const FRAME = 24 + 4096;
const IDS = Array.from({ length: EVENTS }, (_, nth) => `RIG-1-${FIRST + nth}`);

/** As kill -9 leaves it: every event in a commit of its own, all of them in the log. */
function killedRig() {
  const folder = join(temporaryDirectory(), "rig");
  const log = recordingLog();
  const context = rigContext({ log, settings: { data_dir: join(temporaryDirectory()) } });
  const queue = openSpokeQueue(context);
  queue.tidy(30);
  for (const body of someEvents(EVENTS, FIRST)) queue.enqueue(body);
  cpSync(context.settings.data_dir, folder, { recursive: true });
  queue.close();
  const path = join(folder, "queue.sqlite-wal");
  return {
    path,
    log,
    flip(at: number): void {
      const bytes = readFileSync(path);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
      writeFileSync(path, bytes);
    },
    start: () => openSpokeQueueAlone({ ...context, settings: { ...context.settings, data_dir: folder } }),
  };
}

test("a log that is whole is no matter for the log", () => {
  const rig = killedRig();
  expect(logDamage(rig.path)).toBeUndefined();
  expect(drained(rig.start())).toEqual(IDS);
  expect(rig.log.entries).toEqual([]);
});

test("a bit that turns over in the log takes at most its own row and the last commit, and that is said", () => {
  const bytes = readFileSync(killedRig().path).byteLength;
  for (let at = 40; at < bytes; at += Math.floor(bytes / FLIPS)) {
    const rig = killedRig();
    rig.flip(at);
    const queue = rig.start();
    const receipts = new Set(queue.receipts.list(100).map(({ event_id }) => event_id));
    const sent = drained(queue);
    const missing = IDS.filter((id) => !sent.includes(id) && !receipts.has(id));
    const cut = rig.log.entries.some(({ fields }) => Number(fields["cut_frames"] ?? 0) > 0);
    expect(missing).toEqual(cut ? IDS.slice(-1) : []);
    expect(rig.log.events.length).toBeGreaterThan(0);
    queue.close();
  }
});

test("a log whose head is damaged is read all the same", () => {
  for (const at of [0, 5, 9, 13, 17, 21, 25, 30]) {
    const rig = killedRig();
    rig.flip(at);
    expect(drained(rig.start())).toEqual(IDS);
    expect(rig.log.events).toEqual(["queue.log_damaged"]);
  }
});

test("a log that power cut off loses its last commit and no other", () => {
  const rig = killedRig();
  truncateSync(rig.path, readFileSync(rig.path).byteLength - FRAME / 2);
  expect(drained(rig.start()).length).toBeGreaterThanOrEqual(EVENTS - 1);
});
