import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { installedTool } from "../../support/debian-tool.ts";
import { bootMachine, ROOT } from "../units/machine.ts";

/** The hub's package on a machine with a real systemd: installed, it serves. */
const LONG_MS = 900_000;
/** Not in /tmp, which the machine has for itself. */
const folder = mkdtempSync("/var/tmp/fleet-deb-");
const booted = installedTool("zstd", "zstd") === undefined ? undefined : await bootMachine();
if (booted === undefined) process.stderr.write("SKIPPED: no namespaces, no systemd or no zstd here\n");

function machine() {
  if (booted === undefined) throw new Error("the machine is not there");
  return booted;
}

describe.skipIf(booted === undefined)("the package of a hub under a real systemd", () => {
  beforeAll(() => {
    const words = ["--fast", "--no-proof", "--product", "fleet-hub", "--arch", process.arch, "--out", folder];
    const done = Bun.spawnSync([process.execPath, "deploy/package.ts", ...words], { cwd: ROOT });
    if (done.exitCode !== 0) throw new Error(done.stderr.toString());
    // An image's own policy may forbid what a machine of somebody does.
    machine().ok("rm -f /usr/sbin/policy-rc.d /var/lib/man-db/auto-update");
    machine().ok(`dpkg -i ${folder}/fleet-hub_*.deb`);
  }, LONG_MS);
  afterAll(async () => {
    await booted?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    "starts it, with a key that only root can read and that opens it, and with its timers",
    async () => {
      await machine().until("curl -fsS http://127.0.0.1:8080/readyz", 60);
      const key = "$(cat /etc/credstore/fleet-hub.admin_key)";
      machine().ok(`curl -fsS -H "Authorization: Bearer ${key}" http://127.0.0.1:8080/api/fleet/rigs`);
      expect(machine().ok(`journalctl --sync; journalctl -o cat | grep -cF "${key}" || true`)).toBe("0");
      expect(machine().ok("systemctl is-active fleet-hub fleet-hub-backup.timer fleet-hub-wg.path")).toBe(
        "active\nactive\nactive",
      );
      expect(machine().ok("systemctl list-units --failed --plain --no-legend 'fleet-*'")).toBe("");
    },
    LONG_MS,
  );

  test(
    "keeps it serving when it is installed again, and takes everything away when purged",
    async () => {
      machine().ok(`dpkg -i ${folder}/fleet-hub_*.deb`);
      await machine().until("curl -fsS http://127.0.0.1:8080/readyz", 60);
      machine().ok("dpkg -P fleet-hub");
      expect(machine().sh("systemctl is-active fleet-hub").out.trim()).not.toBe("active");
      expect(
        machine().ok(
          "find /etc /lib/systemd /run /usr /var -xdev -name 'fleet-hub*' | grep -v '/var/log/\\|/var/tmp/' || true",
        ),
      ).toBe("");
    },
    LONG_MS,
  );
});
