import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../../src/base/fault.ts";
import type { Finding } from "../../../src/base/findings.ts";
import type { Net, NetReply } from "../../../src/base/net.ts";
import { judgeDataDir, judgeHub, judgeMode, judgeQueueFolder, judgeStatus } from "../../../spoke/doctor.ts";
import type { SpokeStatus } from "../../../spoke/status.ts";
import { rigContext } from "../../support/rig.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const HUB = "http://10.88.0.1:8080";

function alarms(findings: readonly Finding[]): string[] {
  for (const { level, remedy } of findings) if (level !== "ok") expect(remedy).toMatch(/\w{4}/);
  return findings.filter(({ level }) => level !== "ok").map(({ level, what, fact }) => `${level} ${what}: ${fact}`);
}

type Answers = (url: string, headers: Readonly<Record<string, string>>) => [number, string] | undefined;

/** What a look at the hub says where `answers` is who answers; `lateMs` is how far its clock is from ours. */
async function hub(answers: Answers, lateMs = 0): Promise<string[]> {
  const context = rigContext({ settings: { hub_url: HUB, rig_id: "RIG-7" } });
  const net: Net = {
    async send({ url, headers }): Promise<NetReply> {
      const answer = answers(url, headers);
      if (answer === undefined) throw new Fault("unavailable", "the hub cannot be reached (ECONNREFUSED)");
      const date = new Date(context.clock.now() + lateMs).toUTCString();
      return { status: answer[0], headers: { date }, body: new TextEncoder().encode(answer[1]) };
    },
  };
  return alarms(await judgeHub({ ...context, net }));
}

test("a hub that answers and knows the rig raises no alarm", async () => {
  expect(await hub(() => [200, '{"total":0}'])).toEqual([]);
});

test("each way in which the hub does not serve this rig is told apart", async () => {
  const refusal = (code: string): string => JSON.stringify({ error: "no", code });
  expect(await hub(() => undefined)).toEqual([expect.stringContaining("ECONNREFUSED")]);
  expect(await hub(() => [401, refusal("unauthorised")])).toEqual(["FAIL key: the hub does not know it"]);
  expect(await hub(() => [403, refusal("rig_revoked")])).toEqual(["FAIL key: RIG-7 is revoked"]);
  expect(await hub(() => [403, refusal("rig_mismatch")])).toEqual(["FAIL key: it is not RIG-7's"]);
  expect(await hub(() => [503, refusal("unavailable")])).toEqual([expect.stringContaining("warn hub: answers 503")]);
  expect(await hub(() => [200, "<html>"])).toEqual(["FAIL hub: something else answers there (200)"]);
  expect(await hub(() => [200, "{}"], 61_000)).toEqual([expect.stringContaining("FAIL clock")]);
});

test("a link that swallows long packets is told from one that is down, each way", async () => {
  const long = (headers: Readonly<Record<string, string>>): boolean => JSON.stringify(headers).length > 1200;
  expect(await hub((_, headers) => (long(headers) ? undefined : [200, "{}"]))).toEqual([
    "FAIL MTU: short packets get through, long ones get lost on their way to the hub",
  ]);
  expect(await hub((url) => (url.endsWith("/login") ? undefined : [200, "{}"]))).toEqual([
    "FAIL MTU: short packets get through, long ones get lost on their way back",
  ]);
});

test("the wrong scheme is named, and the key is not shown to who answers at the other", async () => {
  const keys: (string | undefined)[] = [];
  const found = await hub((url, headers) => {
    if (!url.startsWith("https:")) return undefined;
    keys.push(headers["Authorization"]);
    return [200, "{}"];
  });
  expect(found).toEqual([`FAIL hub: answers at ${HUB.replace("http", "https")}, not at ${HUB}`]);
  expect(keys).toEqual([undefined]);
});

test("what the running spoke says of itself is judged, and so is its absence", () => {
  const nowMs = 1_794_187_658_000;
  const sound = {
    version: "0.1.0",
    enabled: true,
    queue: { pending: 1, refused: 0, dropped: {} },
    library: { version: 4, episodes: 9, last_sync: nowMs / 1000 - 60, last_problem: null },
  };
  const judged = (change: object): string[] => alarms(judgeStatus({ ...sound, ...change } as SpokeStatus, nowMs));
  expect(judged({})).toEqual([]);
  expect(judged({ enabled: false })).toEqual([expect.stringContaining("warn enabled")]);
  expect(judged({ queue: { ...sound.queue, refused: 2 } })).toEqual([expect.stringContaining("2 events were refused")]);
  expect(judged({ queue: { ...sound.queue, dropped: { full: 3 } } })).toEqual(["warn dropped: 3 events"]);
  expect(judged({ library: { ...sound.library, last_sync: null } })).toEqual(["warn library: never pulled"]);
  expect(alarms(judgeStatus(undefined, nowMs))).toEqual(["FAIL spoke: none runs here"]);
});

test("a key that others can read and a folder that is not there are named", () => {
  const path = join(temporaryDirectory(), "fleet.toml");
  writeFileSync(path, "", { mode: 0o600 });
  expect(alarms(judgeMode(path))).toEqual([]);
  chmodSync(path, 0o644);
  expect(alarms(judgeMode(path))).toEqual([`FAIL secrets: others can read ${path}`]);
  expect(alarms([judgeDataDir(temporaryDirectory())])).toEqual([]);
  expect(alarms([judgeDataDir("/nonexistent")])).toEqual(["warn data folder: /nonexistent is not there yet"]);
});

test("a queue folder that the unit may not touch is named, and one that it may is not", () => {
  const [folder, units] = [temporaryDirectory(), temporaryDirectory()];
  const judged = (): string[] => alarms(judgeQueueFolder(folder, [units]));
  expect(judgeQueueFolder(undefined, [units])).toEqual([]);
  // Without a unit it is whoever starts the spoke that may.
  expect(judged()).toEqual([]);
  writeFileSync(join(units, "fleet-spoke.service"), "[Service]\nProtectSystem=strict\n");
  expect(judged()).toEqual([`FAIL queue folder: the service may not take files out of ${folder}`]);
  mkdirSync(join(units, "fleet-spoke.service.d"));
  const dropIn = join(units, "fleet-spoke.service.d", "queue.conf");
  writeFileSync(dropIn, `[Service]\nReadWritePaths=/srv ${folder}-other\n`);
  expect(judged()).toHaveLength(1);
  writeFileSync(dropIn, `[Service]\nReadWritePaths=/srv -${folder}/\n`);
  expect(judged()).toEqual([]);
  expect(alarms(judgeQueueFolder("/nonexistent", [units]))).toEqual(["FAIL queue folder: there is no /nonexistent"]);
});
