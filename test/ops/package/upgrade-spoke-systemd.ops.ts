import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeCompressed, writePatch, writeSums } from "../../../deploy/parts/artefacts.ts";
import { readSecretKey, signFile } from "../../../deploy/parts/signing.ts";
import { buildExecutable } from "../../../scripts/build-executable.ts";
import { digestFile } from "../../../src/base/minisign.ts";
import { formatNote, releaseName, type ReleaseNote } from "../../../src/base/release/note.ts";
import { bootMachine, ROOT } from "../units/machine.ts";
import { TEST_KEY, TEST_PUBLIC_KEY } from "./support/keys.ts";

/** A rig and its hub under a real systemd: the rig's own unit fetches what the hub has, and what it took back is told. */
const LONG_MS = 300_000;
const ADMIN_KEY = "the-admin-key-of-this-machine";
/** Not in /tmp, which the machine has for itself. */
const folder = mkdtempSync("/var/tmp/fleet-rig-upgrade-");
const booted = await bootMachine();
if (booted === undefined) process.stderr.write("SKIPPED: no namespaces or no systemd here\n");

function machine() {
  if (booted === undefined) throw new Error("the machine is not there");
  return booted;
}

const told = (version: string, executable: string) => {
  const { sha256, bytes } = digestFile(executable);
  return { product: "fleet-spoke", version, arch: process.arch, executable: sha256, bytes };
};

function sign(note: ReleaseNote): void {
  const file = join(folder, "downloads", releaseName(note));
  writeFileSync(`${file}.minisig`, signFile(file, formatNote(note), readSecretKey(TEST_KEY)));
}

/** What the folder holds becomes what the hub hands out. Under the machine's own files a replaced one is not seen. */
function handOut(as: string): void {
  writeSums(join(folder, "downloads"), "0.0.0", undefined);
  Bun.spawnSync(["cp", "-r", join(folder, "downloads"), join(folder, as)]);
  machine().ok(`rm -rf /srv/fleet && cp -r ${folder}/${as} /srv/fleet && chmod -R a+rX /srv/fleet`);
}

const upgradeLog = (): string => machine().ok("journalctl --sync; journalctl -u fleet-spoke-upgrade -o cat");
const spokeVersion = (): string =>
  machine().ok('curl -fsS http://127.0.0.1:8790/api/v1/status | grep -o \'"version":"[^"]*"\'');

describe.skipIf(booted === undefined)("a rig that looks for its release by itself", () => {
  beforeAll(async () => {
    const hub = join(folder, "hub", "fleet-hub");
    const [first, second] = [join(folder, "1", "fleet-spoke"), join(folder, "2", "fleet-spoke")];
    await buildExecutable({ product: "fleet-hub", outfile: hub, version: "0.2.0" });
    await buildExecutable({ product: "fleet-spoke", outfile: first, version: "0.1.0" });
    await buildExecutable({ product: "fleet-spoke", outfile: second, version: "0.2.0" });
    Bun.spawnSync(["mkdir", join(folder, "downloads")]);
    const note = told("0.2.0", second);
    sign(writeCompressed(second, note, join(folder, "downloads"), true));
    sign(writePatch(second, note, { version: "0.1.0", file: first }, join(folder, "downloads")));
    handOut("at-first");
    writeFileSync(join(folder, "admin.key"), `${ADMIN_KEY}\n`);
    writeFileSync(join(folder, "release.pub"), TEST_PUBLIC_KEY);
    machine().ok(`cp -r ${ROOT}/deploy /root/deploy`);
    const own = `--admin-key-file ${folder}/admin.key --set FLEET_DOWNLOADS_DIR=/srv/fleet --no-backups`;
    machine().ok(`sh /root/deploy/install-hub.sh --executable ${hub} ${own}`);
    const body = JSON.stringify({ rig_id: "RIG-7", well_id: "W", field: "F" });
    const registered = machine().ok(
      `curl -fsS -H 'Authorization: Bearer ${ADMIN_KEY}' -H 'Content-Type: application/json' ` +
        `-d '${body}' http://127.0.0.1:8080/api/fleet/rigs/register`,
    );
    const { api_key } = JSON.parse(registered) as { api_key: string };
    const toml = `[fleet]\nhub_url = "http://127.0.0.1:8080"\nrig_id = "RIG-7"\napi_key = "${api_key}"\n`;
    writeFileSync(join(folder, "fleet.toml"), toml);
    machine().ok(`sh /root/deploy/install-spoke.sh --executable ${first} --config ${folder}/fleet.toml`);
    machine().ok(`mkdir -p /usr/share/fleet-spoke && cp ${folder}/release.pub /usr/share/fleet-spoke/`);
    const start = "/usr/lib/fleet-spoke/current/fleet-spoke upgrade --config /etc/fleet-spoke/fleet.toml";
    machine().ok(`mkdir -p /etc/systemd/system/fleet-spoke-upgrade.service.d
      printf '[Service]\\nExecStart=\\nExecStart=${start} --ready-within 20 --watch 3\\n' \
        > /etc/systemd/system/fleet-spoke-upgrade.service.d/test.conf
      systemctl daemon-reload`);
  }, LONG_MS);
  afterAll(async () => {
    await booted?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("does not before somebody enables it", () => {
    expect(machine().sh("systemctl is-enabled fleet-spoke-upgrade.timer").out.trim()).toBe("disabled");
    machine().ok("systemctl enable --now fleet-spoke-upgrade.timer");
    expect(machine().ok("systemctl list-timers --all")).toContain("fleet-spoke-upgrade.timer");
  });

  test(
    "takes the patch, in a unit without any right over the machine, and then finds nothing new",
    () => {
      expect(spokeVersion()).toContain("0.1.0");
      machine().ok("systemctl start fleet-spoke-upgrade");
      expect([spokeVersion(), machine().ok("readlink /usr/lib/fleet-spoke/current")]).toEqual([
        '"version":"0.2.0"',
        "releases/0.2.0",
      ]);
      const asked = machine().ok('journalctl --sync; journalctl -u fleet-hub -o cat | grep -c \'"route":"/dl/:id"\'');
      expect(Number(asked)).toBeGreaterThan(0);
      machine().ok("systemctl start fleet-spoke-upgrade");
      expect(upgradeLog()).toContain("unchanged: 0.2.0");
    },
    LONG_MS,
  );

  test(
    "takes a bad release back, tells the hub at once, and does not fetch it again",
    () => {
      const plain = join(folder, "bad");
      writeFileSync(plain, '#!/bin/sh\n[ "$1" != run ] || exit 1\n');
      sign(writeCompressed(plain, told("0.3.0", plain), join(folder, "downloads"), true));
      handOut("later");
      expect(machine().sh("systemctl start fleet-spoke-upgrade").code).not.toBe(0);
      expect(spokeVersion()).toContain("0.2.0");
      const figure = "curl -fsS http://127.0.0.1:8080/metrics | grep '^fleet_hub_rigs_upgrade_failed 1$'";
      machine().ok(figure);
      expect(machine().ok("curl -fsS http://127.0.0.1:8790/metrics | grep upgrade_state")).toContain(
        'fleet_spoke_upgrade_state{state="rolled_back"} 1',
      );
      const fetched = (): string =>
        machine().ok('journalctl --sync; journalctl -u fleet-hub -o cat | grep -c \'"route":"/dl/:id"\'');
      const before = fetched();
      expect(machine().sh("systemctl start fleet-spoke-upgrade").code).not.toBe(0);
      expect(upgradeLog()).toContain("was given up");
      expect(fetched()).toBe(before);
    },
    LONG_MS,
  );
});
