import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeCompressed } from "../../../deploy/parts/artefacts.ts";
import { buildExecutable } from "../../../scripts/build-executable.ts";
import { digestFile } from "../../../src/base/minisign.ts";
import { seededRandom } from "../../../src/base/random.ts";
import { hubDaemon, type HubDaemon } from "../../faults/support/hub-daemon.ts";
import { createLedger } from "../../faults/support/ledger.ts";
import { rigDaemon, type RigDaemon } from "../../faults/support/rig-daemon.ts";
import { until } from "../../faults/support/until.ts";
import { debianTool, unpackedPackage } from "../../support/debian-tool.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

/** The executable for rigs on arm64, really run: by that machine, or by QEMU where this is another. */
const LONG_MS = 300_000;
const SOON_MS = 60_000;
const folder = temporaryDirectory();
const native = process.arch === "arm64";
const qemu = native ? undefined : debianTool("qemu-aarch64-static", "qemu-user-static");
const libraries = native ? undefined : unpackedPackage("libc6-arm64-cross");
const runs = native || (qemu !== undefined && libraries !== undefined);
if (!runs) process.stderr.write("SKIPPED: no arm64 here, and qemu-user-static or libc6-arm64-cross cannot be had\n");

const executable = join(folder, "fleet-spoke");
/** What is run in its place here. */
const command = join(folder, "spoke-here");

function spoke(...words: readonly string[]): { code: number; out: string } {
  const done = Bun.spawnSync([command, ...words], { cwd: "/", env: { HOME: "/tmp", FLEET_DATA_DIR: folder } });
  return { code: done.exitCode, out: done.stdout.toString() + done.stderr.toString() };
}

describe.skipIf(!runs)("the spoke for arm64", () => {
  let hub: HubDaemon;
  let rig: RigDaemon;

  beforeAll(async () => {
    await buildExecutable({ product: "fleet-spoke", target: "linux-arm64", outfile: executable });
    const emulator = native ? "" : `${qemu} -L ${libraries}/usr/aarch64-linux-gnu `;
    writeFileSync(command, `#!/bin/sh\nexec ${emulator}${executable} "$@"\n`);
    chmodSync(command, 0o755);
    hub = await hubDaemon({ dataDir: temporaryDirectory() });
    await hub.start();
    const key = async (rigId: string): Promise<string> => {
      const asked = { rig_id: rigId, well_id: "W", field: "F" };
      return ((await (await hub.ask("POST", "/api/fleet/rigs/register", asked)).json()) as { api_key: string }).api_key;
    };
    const other = createLedger("RIG-X64", seededRandom(1), Math.floor(Date.now() / 1000));
    const headers = { Authorization: `Bearer ${await key("RIG-X64")}`, "Content-Type": "application/json" };
    for (let nth = 0; nth < 4; nth++) {
      const body = JSON.stringify(other.nextEvent());
      expect((await fetch(`${hub.url}/api/fleet/events`, { method: "POST", headers, body })).status).toBe(201);
    }
    const place = { dataDir: join(folder, "rig"), hubUrl: hub.url };
    rig = await rigDaemon({ rigId: "RIG-ARM", key: await key("RIG-ARM"), executable: command, ...place });
    await rig.start();
  }, LONG_MS);
  afterAll(async () => {
    if (rig?.running) await rig.kill();
    await hub?.kill();
  });

  test(
    "says what it is, and what is wrong with settings",
    () => {
      expect(spoke("version")).toEqual({ code: 0, out: expect.stringContaining("linux-arm64") });
      expect(spoke("check")).toEqual({ code: 1, out: expect.stringContaining("hub_url") });
      expect(spoke("nonsense").code).toBe(2);
    },
    LONG_MS,
  );

  test(
    "queues, uploads, follows the library and recalls, as any other does",
    async () => {
      const ledger = createLedger("RIG-ARM", seededRandom(2), Math.floor(Date.now() / 1000));
      const event = ledger.nextEvent();
      expect((await rig.ask("POST", "/api/v1/events", event)).status).toBe(201);
      await until("the event is at the hub", SOON_MS, async () => (await rig.status()).queue.pending === 0);
      expect((await hub.ask("GET", `/api/fleet/events/${event.id}`)).status).toBe(200);
      await until("the library is there", SOON_MS, async () => (await rig.status()).library.episodes > 0);
      const precedents = await (await rig.ask("POST", "/api/v1/recall", event)).text();
      expect(precedents).toContain("RIG-X64");
    },
    LONG_MS,
  );

  test(
    "unpacks a release as its upgrade would",
    () => {
      const { sha256, bytes } = digestFile(executable);
      const told = { product: "fleet-spoke", version: "0.1.1", arch: "arm64", executable: sha256, bytes };
      const note = writeCompressed(executable, told, folder, true);
      const out = join(folder, "unpacked");
      const file = join(folder, `fleet-spoke-0.1.1-linux-arm64.${note.form}`);
      const words = ["unpack", file, "--out", out, "--form", note.form, "--bytes", `${bytes}`];
      expect(spoke(...words)).toEqual({ code: 0, out: "" });
      expect(digestFile(out).sha256).toBe(sha256);
    },
    LONG_MS,
  );
});
