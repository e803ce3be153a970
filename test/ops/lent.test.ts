import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chownSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { silentNotify } from "../../src/base/notify.ts";
import { systemRandom } from "../../src/base/random.ts";
import { hubSettings, type Cli } from "../../src/cli/environment.ts";
import { installedCli } from "../../src/cli/installed.ts";
import { refuseOthers } from "../../src/db/embedded-owner.ts";
import { readEnrolFile } from "../../src/wire/enrol-file.ts";
import { startHubProcess, type HubProcess } from "../support/daemon.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const ROOT = join(import.meta.dir, "..", "..");
const PATIENCE_MS = 60_000;
const PLACE = ["--well", "W-1", "--field", "North"];

describe("verbs beside a hub that has the embedded database open", () => {
  const dataDir = temporaryDirectory();
  const folder = temporaryDirectory();
  let hub: HubProcess;
  beforeAll(async () => {
    hub = await startHubProcess(["--data-dir", dataDir]);
  }, PATIENCE_MS);
  afterAll(() => hub.stop());

  async function fleetHub(...words: string[]): Promise<{ code: number; out: string; err: string }> {
    const flags = words[1] === "key" ? [] : ["--data-dir", dataDir];
    const child = Bun.spawn([process.execPath, join(ROOT, "src", "main.ts"), ...words, ...flags], {
      cwd: ROOT,
      env: { HOME: "/tmp", PATH: process.env["PATH"] },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { code: await child.exited, out: out.trimEnd(), err };
  }

  test(
    "rigs are registered and listed, and a refusal comes with its way out",
    async () => {
      expect((await fleetHub("rig", "register", "RIG-1", ...PLACE)).out).toContain("key, shown this once: sk-fleet-");
      expect((await fleetHub("rig", "list")).out).toContain("RIG-1\tactive");
      const again = await fleetHub("rig", "register", "RIG-1", ...PLACE);
      expect(again.code).toBe(1);
      expect(again.err).toContain("RIG-1");
      expect((await fleetHub("rig", "purge", "RIG-1")).code).toBe(2);
      const listed = await fetch(`${hub.url}/api/fleet/rigs`, { headers: { Authorization: `Bearer ${hub.adminKey}` } });
      expect(await listed.text()).toContain("RIG-1");
    },
    PATIENCE_MS,
  );

  test(
    "the tunnel begins, with a key that the hub never sees, and a rig's file is written where it was asked for",
    async () => {
      const key = join(folder, "wireguard.key");
      const out = join(folder, "rig-2.enroll");
      const early = await fleetHub("rig", "enroll", "RIG-2", ...PLACE, "--out", out);
      expect([early.code, existsSync(out)]).toEqual([1, false]);
      const init = ["wg", "init", "--endpoint", "hub.test:51820", "--name", "gate", "--key", key];
      expect((await fleetHub(...init)).out).toContain("gateway gate made: 10.88.0.1, hub.test:51820");
      expect((await fleetHub(...init)).out).toContain("unchanged");
      const foreign = await fleetHub(...init, "--wg-pool", "10.99.0.0/16");
      expect(foreign.err).toContain("the running hub's pool is 10.88.0.0/16");
      expect((await fleetHub("rig", "enroll", "RIG-2", ...PLACE, "--out", out)).out).toContain(
        "its address in the tunnel",
      );
      expect(statSync(out).mode & 0o777).toBe(0o600);
      expect(readEnrolFile(readFileSync(out))).toMatchObject({ rig_id: "RIG-2", hub_url: "http://10.88.0.1:8080" });
      expect((await fleetHub("wg", "show")).out).toContain("rig\tRIG-2");
      const { out: log } = await hub.stop();
      expect(log).not.toContain(readFileSync(key, "utf8").trim());
    },
    PATIENCE_MS,
  );
});

test("root who names no hub means the installed one, with its settings and secrets; who names one does not", () => {
  const files = {
    settings: join(temporaryDirectory(), "hub.env"),
    secrets: temporaryDirectory(),
    dataDir: "/var/lib/hub",
    runtime: "/run",
  };
  const call = { args: [], flags: {} };
  const plain = testCli();
  expect(installedCli(call, plain, files)).toBe(plain);
  writeFileSync(files.settings, "# x\nFLEET_PORT='8081'\n");
  writeFileSync(join(files.secrets, "fleet-hub.admin_key"), 'it\'s-"one"-$key-%p\n');
  const installed = hubSettings(call, installedCli(call, plain, files));
  expect(installed).toMatchObject({ port: 8081, data_dir: "/var/lib/hub", admin_key: 'it\'s-"one"-$key-%p' });
  expect(installedCli({ args: [], flags: { data_dir: "x" } }, plain, files)).toBe(plain);
  const named = { ...plain, environment: { FLEET_DATABASE_URL: "postgres://db/x" } };
  expect(installedCli(call, named, files)).toBe(named);
});

test("root is kept from writing into the folder of a service, which could not start afterwards", () => {
  const dataDir = temporaryDirectory();
  refuseOthers(dataDir);
  if (process.getuid?.() !== 0) return;
  chownSync(dataDir, 65_534, 65_534);
  expect(() => refuseOthers(dataDir)).toThrow("belongs to another user");
});

function testCli(): Cli {
  return {
    environment: {},
    cwd: temporaryDirectory(),
    clock: systemClock,
    random: systemRandom,
    print: () => {},
    writeLog: () => {},
    stopRequested: new Promise(() => {}),
    onReload: () => {},
    version: "0.0.0-test",
    notify: silentNotify,
  };
}
