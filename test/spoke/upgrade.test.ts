import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import { hex, sha256 } from "../../src/base/digest.ts";
import type { Net, NetReply, NetRequest } from "../../src/base/net.ts";
import { seededRandom } from "../../src/base/random.ts";
import { fetchRelease, noteFailure, noteTakenBack, tellFailure, type Fetching } from "../../spoke/upgrade/fetch.ts";
import { testClock } from "../support/clock.ts";
import { rejection } from "../support/rejection.ts";
import { rigContext } from "../support/rig.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const MIB = 1024 * 1024;
const WHOLE = `fleet-spoke-0.2.0-linux-${process.arch}.zst`;
const PATCH = `fleet-spoke-0.1.0-to-0.2.0-linux-${process.arch}.patch`;
const bytes = seededRandom(20_261_125).bytes(MIB + 1000);

/** A hub with one release, whose link breaks at the requests that `broken` names, counted from 0. */
function hub(options: { broken?: (at: number) => boolean; version?: string; damage?: boolean; files?: string[] } = {}) {
  const { broken = () => false, version = "0.2.0", damage = false, files = [WHOLE] } = options;
  const requests: NetRequest[] = [];
  const net: Net = {
    async send(request) {
      requests.push(request);
      if (broken(requests.length - 1)) throw new Fault("unavailable", "the hub cannot be reached (ECONNRESET)");
      const path = new URL(request.url).pathname;
      if (path === "/dl") {
        const listed = files.map((name) => ({ name, bytes: bytes.length, sha256: hex(sha256(bytes)) }));
        return reply(200, new TextEncoder().encode(JSON.stringify({ version, files: listed })));
      }
      if (path.endsWith(".minisig")) return reply(200, new TextEncoder().encode("signature"));
      const [, start = "0", end = "0"] = /^bytes=(\d+)-(\d+)$/.exec(request.headers["Range"] ?? "") ?? [];
      const piece = bytes.slice(Number(start), Number(end) + 1);
      return reply(206, damage ? piece.map((byte) => byte ^ 1) : piece);
    },
  };
  return { net, requests, starts: () => requests.flatMap(({ headers }) => headers["Range"] ?? []) };
}

function reply(status: number, body: Uint8Array): NetReply {
  return { status, headers: {}, body };
}

/** Time that passes as soon as somebody waits for it. */
function patientClock(iso: string) {
  const clock = testClock(iso);
  return { ...clock, sleep: async (ms: number) => clock.advance(ms) };
}

function fetching(overrides: Partial<Fetching> = {}): Fetching {
  return { folder: join(temporaryDirectory(), "upgrade"), installed: "0.1.0", again: false, ...overrides };
}

const rig = (net: Net, budget = 16 * MIB, day = "2026-11-23") =>
  rigContext({ net, clock: patientClock(`${day}T12:00:00Z`), settings: { upgrade_bytes_per_day: budget } });

test("a release arrives in pieces, whole, with its signature beside it", async () => {
  const how = fetching();
  const fetched = await fetchRelease(rig(hub().net), how);
  expect(fetched).toEqual({ kind: "ready", version: "0.2.0", file: join(how.folder, WHOLE) });
  expect(readFileSync(join(how.folder, WHOLE)).equals(bytes)).toBe(true);
  expect(readFileSync(join(how.folder, `${WHOLE}.minisig`), "utf8")).toBe("signature");
});

test("a patch to the installed release is taken before the whole, and one to another is not", async () => {
  const both = () => hub({ files: [WHOLE, PATCH] }).net;
  expect(await fetchRelease(rig(both()), fetching())).toMatchObject({ file: expect.stringContaining(PATCH) });
  const other = fetching({ installed: "0.1.1" });
  expect(await fetchRelease(rig(both()), other)).toMatchObject({ file: expect.stringContaining(WHOLE) });
});

test("what is installed already costs one request", async () => {
  const there = hub();
  expect(await fetchRelease(rig(there.net), fetching({ installed: "0.2.0" }))).toEqual({ kind: "none" });
  expect(there.requests).toHaveLength(1);
});

test("a day's budget is kept to the byte, and the next day goes on from there", async () => {
  const how = fetching();
  const budget = 600_000;
  const first = hub();
  const waiting = { kind: "waiting", version: "0.2.0", have: budget, bytes: bytes.length };
  expect(await fetchRelease(rig(first.net, budget), how)).toEqual(waiting as never);
  expect(await fetchRelease(rig(first.net, budget), how)).toEqual(waiting as never);
  const second = hub();
  expect(await fetchRelease(rig(second.net, budget, "2026-11-24"), how)).toMatchObject({ kind: "ready" });
  expect(second.starts()[0]).toStartWith(`bytes=${budget}-`);
});

test("a link that breaks is tried three times, and the next call goes on with the piece", async () => {
  const how = fetching();
  expect(await fetchRelease(rig(hub({ broken: (at) => at === 2 || at === 3 }).net), fetching())).toMatchObject({
    kind: "ready",
  });
  const gone = hub({ broken: (at) => at >= 2 });
  expect(await rejection(fetchRelease(rig(gone.net), how))).toMatchObject({ code: "unavailable" });
  expect(gone.starts()).toHaveLength(1 + 3);
  const back = hub();
  await fetchRelease(rig(back.net), how);
  expect(back.starts()[0]).toStartWith("bytes=262144-");
});

test("a release that is damaged three times is given up and told to the hub, until a person says again", async () => {
  const how = fetching();
  const bad = hub({ damage: true });
  for (const _ of [1, 2, 3]) {
    expect(await rejection(fetchRelease(rig(bad.net), how))).toMatchObject({ code: "digest_mismatch" });
  }
  const after = hub();
  expect(await rejection(fetchRelease(rig(after.net), how))).toMatchObject({ code: "conflict" });
  expect(after.requests.map(({ headers }) => headers["X-Spoke-Upgrade"])).toEqual([
    `failed; version=0.2.0; reason=${WHOLE} was damaged on the way`,
  ]);
  expect(await fetchRelease(rig(hub().net), { ...how, again: true })).toMatchObject({ kind: "ready" });
});

test("a release that was taken back is not fetched again, and the one after it is", async () => {
  const how = fetching();
  await fetchRelease(rig(hub().net), how);
  noteFailure(how.folder, "it was rolled back", 3);
  expect(await rejection(fetchRelease(rig(hub().net), how))).toMatchObject({
    message: expect.stringContaining("it was rolled back"),
  });
  const next = WHOLE.replace("0.2.0", "0.3.0");
  expect(await fetchRelease(rig(hub({ version: "0.3.0", files: [next] }).net), how)).toMatchObject({
    version: "0.3.0",
  });
});

test("a hub that offers no file for this machine, or an outlandish name, is refused", async () => {
  const none = hub({ files: ["fleet-spoke-0.2.0-linux-mips.zst"] });
  expect(await rejection(fetchRelease(rig(none.net), fetching()))).toMatchObject({ code: "not_found" });
  const outlandish = hub({ files: [`../${WHOLE}`] });
  expect(await rejection(fetchRelease(rig(outlandish.net), fetching()))).toMatchObject({ code: "not_found" });
});

test("a failure that ends a release is told to the hub at once, one of several is not, and a hub that is away ends nothing", async () => {
  const how = fetching();
  const there = hub();
  await fetchRelease(rig(hub().net), how);
  noteFailure(how.folder, "it was damaged");
  await tellFailure(rig(there.net), how.folder);
  expect(there.requests).toEqual([]);
  noteFailure(how.folder, "it was rolled back", 3);
  await tellFailure(rig(there.net), how.folder);
  expect(there.requests.map(({ headers }) => headers["X-Spoke-Upgrade"])).toEqual([
    "failed; version=0.2.0; reason=it was rolled back",
  ]);
  await tellFailure(rig(hub({ broken: () => true }).net), how.folder);
});

test("a release that was taken back while nobody watched counts as failed, and another one does not", async () => {
  const how = fetching();
  await fetchRelease(rig(hub().net), how);
  noteTakenBack(how.folder, "0.1.9");
  expect(await fetchRelease(rig(hub().net), how)).toMatchObject({ kind: "ready" });
  noteTakenBack(how.folder, "0.2.0");
  expect(await rejection(fetchRelease(rig(hub().net), how))).toMatchObject({ code: "conflict" });
});
