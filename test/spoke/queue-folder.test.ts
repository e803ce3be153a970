import { expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EVENT_JSON_MAX } from "../../src/base/limits.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import {
  createFolderIntake,
  NO_ROOM_RETRY_MS,
  SCAN_EVERY_MS,
  TORN_AFTER_MS,
  type FolderIntake,
} from "../../spoke/queue-folder.ts";
import { openQueue, type Queue } from "../../spoke/queue/queue.ts";
import { anEvent } from "../support/builders.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { recordingLog, type RecordingLog } from "../support/recording-log.ts";
import { rejection } from "../support/rejection.ts";
import { rigContext, type RigContext } from "../support/rig.ts";
import { drained, eventBytes, someEvents } from "../support/rig-queue.ts";
import { temporaryDirectory } from "../support/temporary.ts";

interface FolderRig {
  readonly folder: string;
  readonly queue: Queue;
  readonly intake: FolderIntake;
  readonly context: RigContext;
  readonly log: RecordingLog;
}

function folderRig({ rigId = "RIG-1", maxEvents = 1000, folder = temporaryDirectory() } = {}): FolderRig {
  const log = recordingLog();
  const context = rigContext({ log, settings: { queue_dir: folder, rig_id: rigId } });
  const limits = { maxEvents, maxBytes: 1e8 };
  const queue = openQueue(join(context.settings.data_dir, "queue.sqlite"), { ...context, rigId, limits });
  return { folder, queue, intake: createFolderIntake(context, queue), context, log };
}

const NOTHING = { taken: 0, known: 0, refused: 0, unfinished: 0, no_room: 0 };

test.each(readdirSync(join(FIXTURES, "queue-folder")))(
  "the file %s as the rig software wrote it is taken up",
  async (name) => {
    const source = join(FIXTURES, "queue-folder", name);
    const event = JSON.parse(readFileSync(source, "utf8")) as { id: string; rig_id: string };
    const { folder, queue, intake } = folderRig({ rigId: event.rig_id });
    copyFileSync(source, join(folder, name));
    expect(await intake.scanOnce()).toEqual({ ...NOTHING, taken: 1 });
    expect(readdirSync(folder)).toEqual([]);
    expect(drained(queue)).toEqual([event.id]);
  },
);

test("defect 21: half a file is left alone, read again when it has grown, and taken once it is whole", async () => {
  const { folder, queue, intake } = folderRig();
  const path = join(folder, "RIG-1-100.json");
  const bytes = eventBytes({ timestamp: 100 });
  for (const length of [0, 1, bytes.length - 1]) {
    writeFileSync(path, bytes.slice(0, length));
    expect(await intake.scanOnce()).toEqual({ ...NOTHING, unfinished: 1 });
    expect(readFileSync(path)).toHaveLength(length);
  }
  writeFileSync(path, bytes);
  expect(await intake.scanOnce()).toEqual({ ...NOTHING, taken: 1 });
  expect(drained(queue)).toEqual(["RIG-1-100"]);
});

test("defect 21: a file that a power cut tore stays, and the log names it once", async () => {
  const { folder, intake, context, log } = folderRig();
  writeFileSync(join(folder, "RIG-1-100.json"), eventBytes().slice(0, 500));
  for (let look = 0; look < 4; look++) {
    await intake.scanOnce();
    context.clock.advance(TORN_AFTER_MS);
  }
  expect(readdirSync(folder)).toEqual(["RIG-1-100.json"]);
  expect(log.entries).toMatchObject([
    { level: "warn", event: "queue_folder.torn", fields: { file: "RIG-1-100.json" } },
  ]);
});

test("what is not ours to take stays untouched, is remembered over a restart, and is read again when it changes", async () => {
  const one = folderRig();
  const files = {
    "low.json": eventBytes({ advisory: { risk_level: "Low" } }),
    "other.json": eventBytes({ rig_id: "RIG-1-2" }),
    "settings.json": new TextEncoder().encode('{"theme":"dark"}'),
    "huge.json": new Uint8Array(EVENT_JSON_MAX + 1),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(one.folder, name), bytes);
  expect(await one.intake.scanOnce()).toEqual({ ...NOTHING, refused: 4 });
  expect(one.queue.folderFiles.all().map(({ name, code }) => [name, code])).toEqual([
    ["huge.json", "too_large"],
    ["low.json", "risk_too_low"],
    ["other.json", "rig_mismatch"],
    ["settings.json", "schema"],
  ]);
  const again = createFolderIntake(one.context, one.queue);
  expect(await again.scanOnce()).toEqual({ ...NOTHING, refused: 4 });
  expect(one.log.events.filter((event) => event === "queue_folder.refused")).toHaveLength(4);
  expect(readdirSync(one.folder).toSorted()).toEqual(Object.keys(files).toSorted());
  writeFileSync(join(one.folder, "low.json"), eventBytes());
  rmSync(join(one.folder, "huge.json"));
  expect(await again.scanOnce()).toEqual({ ...NOTHING, taken: 1, refused: 2 });
  await again.scanOnce();
  expect(one.queue.folderFiles.all().map(({ name }) => name)).toEqual(["other.json", "settings.json"]);
});

test("other extensions, folders and names that mean nothing are ignored; the id inside counts", async () => {
  const { folder, queue, intake } = folderRig();
  const bytes = eventBytes({ timestamp: 100 });
  writeFileSync(join(folder, "RIG-1-100.tmp"), bytes);
  writeFileSync(join(folder, "RIG-1-100.json.zst"), bytes);
  mkdirSync(join(folder, "folder.json"));
  writeFileSync(join(folder, "whatever_it_is.json"), bytes);
  expect(await intake.scanOnce()).toEqual({ ...NOTHING, taken: 1 });
  expect(drained(queue)).toEqual(["RIG-1-100"]);
  expect(readdirSync(folder)).toHaveLength(3);
});

test("defect 19: a file that the rig wrote anew under the same name while the first was taken up is kept", async () => {
  const { folder, queue, intake } = folderRig();
  const path = join(folder, "RIG-1-100.json");
  writeFileSync(path, eventBytes({ timestamp: 100 }));
  const second = eventBytes({ timestamp: 100, advisory: { recommendation: "another" } });
  const racing = createFolderIntake(rigContext({ settings: { queue_dir: folder } }), {
    ...queue,
    enqueueMany(bodies) {
      const results = queue.enqueueMany(bodies);
      writeFileSync(path, second);
      return results;
    },
  });
  expect(await racing.scanOnce()).toMatchObject({ taken: 1 });
  expect(readFileSync(path)).toEqual(Buffer.from(second));
  expect(await intake.scanOnce()).toMatchObject({ taken: 1 });
  expect(drained(queue)).toEqual(["RIG-1-100", "RIG-1-100-2"]);
});

test("a file whose event is in the queue already, after a kill between commit and removal, only goes", async () => {
  const { folder, queue, intake } = folderRig();
  const bytes = eventBytes({ timestamp: 100 });
  queue.enqueue(bytes);
  writeFileSync(join(folder, "RIG-1-100.json"), bytes);
  expect(await intake.scanOnce()).toEqual({ ...NOTHING, known: 1 });
  expect(readdirSync(folder)).toEqual([]);
  expect(queue.status().pending).toBe(1);
});

test("a full queue leaves files where they are, without receipts, and asks again after a while", async () => {
  const { folder, queue, intake, context } = folderRig({ maxEvents: 2 });
  for (const [at, bytes] of someEvents(5, 100).entries()) writeFileSync(join(folder, `${at}.json`), bytes);
  writeFileSync(join(folder, "9.json"), eventBytes({ timestamp: 500, advisory: { risk_level: "Critical" } }));
  expect(await intake.scanOnce()).toEqual({ ...NOTHING, taken: 3, no_room: 3 });
  expect(queue.receipts.list(10)).toMatchObject([{ event_id: "RIG-1-101", reason: "evicted" }]);
  drained(queue);
  expect(await intake.scanOnce()).toEqual({ ...NOTHING, no_room: 3 });
  context.clock.advance(NO_ROOM_RETRY_MS);
  expect(await intake.scanOnce()).toEqual({ ...NOTHING, taken: 2, no_room: 1 });
});

test("a long list is taken whole, in commits of ten", async () => {
  const { folder, queue, intake } = folderRig();
  for (const [at, bytes] of someEvents(35, 100).entries()) writeFileSync(join(folder, `${at}.json`), bytes);
  expect(await intake.scanOnce()).toEqual({ ...NOTHING, taken: 35 });
  expect(queue.status().pending).toBe(35);
});

test("events of both generations of the rig software come in by the folder", async () => {
  const { folder, queue, intake } = folderRig();
  const newer = anEvent({ timestamp: 900, advisory: { timestamp: 890, category: "WellControl", trigger_value: 41.7 } });
  writeFileSync(
    join(folder, "RIG-1-890.json"),
    encodeEvent({ ...newer, history_window: newer.history_window.slice(-1) }),
  );
  writeFileSync(join(folder, "RIG-1-700.json"), encodeEvent(anEvent({ timestamp: 700 })));
  expect(await intake.scanOnce()).toMatchObject({ taken: 2 });
  expect(drained(queue)).toEqual(["RIG-1-700", "RIG-1-890"]);
});

test("a folder that is not there is told of once, and looked for again", async () => {
  const folder = join(temporaryDirectory(), "mount");
  const one = folderRig({ folder });
  expect(await rejection(one.intake.scanOnce())).toMatchObject({ code: "ENOENT" });
  const stop = new AbortController();
  const done = one.intake.run(stop.signal);
  for (let look = 0; look < 4; look++) {
    while (one.context.clock.sleepers === 0) await new Promise(setImmediate);
    if (look === 2) {
      mkdirSync(folder);
      writeFileSync(join(folder, "a.json"), eventBytes());
    }
    one.context.clock.advance(SCAN_EVERY_MS);
  }
  while (one.context.clock.sleepers === 0) await new Promise(setImmediate);
  expect(one.log.events).toEqual(["queue_folder.unreadable", "queue_folder.taken", "queue_folder.back"]);
  stop.abort();
  await done;
});
