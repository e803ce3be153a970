import { beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const FOLDER = join(temporaryDirectory(), "downloads");
const NEW = "fleet-spoke-0.2.0-linux-arm64.zst";
const PATCH = "fleet-spoke-0.1.0-to-0.2.0-linux-arm64.patch";
const OLD = "fleet-spoke-0.1.0-linux-arm64.zst";
const content = (name: string): string => `the bytes of ${name}`;
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

mkdirSync(FOLDER);
const NAMES = [NEW, PATCH, OLD, "fleet-hub-0.2.0-linux-x64.zst"];
for (const name of NAMES) writeFileSync(join(FOLDER, name), content(name));
writeFileSync(join(FOLDER, `${NEW}.minisig`), "a signature");
writeFileSync(join(FOLDER, "release.key"), "a secret");
writeFileSync(join(FOLDER, "..", "outside"), "a secret");
writeFileSync(
  join(FOLDER, "SHA256SUMS"),
  [...NAMES, "../outside"].map((name) => `${digest(content(name))}  ${name}\n`).join(""),
);

describe("downloads", () => {
  const hub = testHub("embedded", { settings: { downloads_dir: FOLDER } });
  let key = "";
  beforeAll(async () => {
    key = await hub.register("RIG-7");
  });
  const get = (path: string, headers: Record<string, string> = {}) => hub.send("GET", path, { key, headers });

  test("are for rigs: nobody without a key, and no admin", async () => {
    for (const path of ["/dl", `/dl/${NEW}`]) {
      expect((await hub.send("GET", path)).status).toBe(401);
      expect((await hub.send("GET", path, { key: ADMIN_KEY })).status).toBe(401);
    }
  });

  test("offer the newest release, with its patches, digests and lengths, and nothing else", async () => {
    expect(await (await get("/dl")).json()).toEqual({
      version: "0.2.0",
      files: [NEW, PATCH].map((name) => ({ name, bytes: content(name).length, sha256: digest(content(name)) })),
    });
  });

  test("come whole, with the digest of the whole", async () => {
    const reply = await get(`/dl/${NEW}`);
    expect([reply.status, await reply.text()]).toEqual([200, content(NEW)]);
    expect(reply.headers.get("etag")).toBe(`"${digest(content(NEW))}"`);
    expect(reply.headers.get("repr-digest")).toStartWith("sha-256=:");
    expect(await (await get(`/dl/${NEW}.minisig`)).text()).toBe("a signature");
    expect(await (await get("/dl/SHA256SUMS")).text()).toContain(NEW);
  });

  test.each([
    ["bytes=4-", 206, content(NEW).slice(4)],
    ["bytes=0-3", 206, "the "],
    ["bytes=4-8", 206, "bytes"],
    ["bytes=-3", 206, "zst"],
    ["bytes=0-99999", 206, content(NEW)],
    ["bytes=0-1,3-4", 200, content(NEW)],
    ["lines=1-2", 200, content(NEW)],
  ])("come in pieces: %s", async (range, status, expected) => {
    const reply = await get(`/dl/${NEW}`, { range });
    expect([reply.status, await reply.text()]).toEqual([status, expected]);
    if (status === 206) expect(reply.headers.get("content-range")).toEndWith(`/${content(NEW).length}`);
  });

  test("refuse a piece beyond their end, and give the whole when the rig has pieces of another file", async () => {
    const beyond = await get(`/dl/${NEW}`, { range: "bytes=4000-" });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${content(NEW).length}`]);
    const other = await get(`/dl/${NEW}`, { range: "bytes=4-", "if-range": '"another"' });
    expect([other.status, await other.text()]).toEqual([200, content(NEW)]);
  });

  test.each([
    "..%2Foutside",
    "%2e%2e%2foutside",
    "release.key",
    "fleet-hub-0.2.0-linux-x64.zst",
    "none.minisig",
    ".minisig",
  ])("never give %s", async (name) => {
    const reply = await get(`/dl/${name}`);
    expect(reply.status).toBe(404);
    expect(await reply.text()).not.toContain("secret");
  });

  test("hear of a rig's failed upgrade, count it for the alarm, and forget it when the rig tells nothing any more", async () => {
    const failed = async (): Promise<string> => {
      const text = await (await hub.send("GET", "/metrics")).text();
      return /^fleet_hub_rigs_upgrade_failed (\d+)$/m.exec(text)?.[1] ?? "absent";
    };
    const tell = (reason: string) => get("/dl", { "X-Spoke-Upgrade": `failed; version=0.2.0; reason=${reason}` });
    expect(await failed()).toBe("0");
    expect((await tell("it was rolled back")).status).toBe(200);
    await tell("it was rolled back; twice");
    await get("/dl", { "X-Spoke-Upgrade": "what no spoke says" });
    expect(await failed()).toBe("1");
    await get("/dl");
    expect(await failed()).toBe("0");
  });

  test("reach the rigs that the rollout names, then a share of them, and a wider share takes none back", async () => {
    const keys = await Promise.all(Array.from({ length: 30 }, (_, at) => hub.register(`RIG-C${at}`)));
    const reached = async (plan: object): Promise<number[]> => {
      writeFileSync(join(FOLDER, "rollout.json"), JSON.stringify(plan));
      const offers = await Promise.all(keys.map(async (each) => (await hub.send("GET", "/dl", { key: each })).json()));
      return offers.flatMap((offer, at) => ((offer as { version: string | null }).version === null ? [] : [at]));
    };
    expect(await reached({ version: "0.2.0", rigs: ["RIG-C3"] })).toEqual([3]);
    const some = await reached({ version: "0.2.0", percent: 30 });
    const more = await reached({ version: "0.2.0", percent: 60 });
    expect(some.length).toBeGreaterThan(2);
    expect(more.length).toBeGreaterThan(some.length);
    expect(more).toEqual(expect.arrayContaining(some));
    expect(await reached({ version: "0.2.0", percent: 100 })).toHaveLength(30);
    expect(await reached({ version: "0.1.0", percent: 0 })).toEqual([]);
    writeFileSync(join(FOLDER, "rollout.json"), '{"version": 2}');
    expect((await get("/dl")).status).toBe(500);
    rmSync(join(FOLDER, "rollout.json"));
  });
});

describe("a hub without downloads", () => {
  const hub = testHub("embedded");
  test("says so", async () => {
    const key = await hub.register("RIG-7");
    const reply = await hub.send("GET", "/dl", { key });
    expect(reply.status).toBe(404);
    expect(await reply.text()).toContain("FLEET_DOWNLOADS_DIR");
  });
});
