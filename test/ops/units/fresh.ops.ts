import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { homedir } from "node:os";
import { say } from "../../support/say.ts";
import { labProblem, wireguardGo } from "../tunnel/lab.ts";
import { freshRoot, RELEASES, type Release } from "./fresh-root.ts";
import { bootMachine, missingExecutables, quoted, ROOT, type Machine } from "./machine.ts";

/** Whatever a person may take for a key. */
const ADMIN_KEY = 'it\'s-a-"key"-with-$HOME-%p-`id`-\\n-é-ключ';
const LONG_MS = 240_000;
const TOOLS = join(homedir(), ".cache", "fleet-hub-tools");
const HUB = "http://127.0.0.1:8080";
const wanted = (process.env["FLEET_FRESH"] ?? Object.keys(RELEASES).join(",")).split(",") as Release[];
const missing = missingExecutables();
if (missing !== undefined) throw new Error(missing);

const booted: Machine[] = [];
afterAll(async () => {
  for (const machine of booted) await machine.stop();
});

/** A machine on which nothing of ours was ever installed, without a network; undefined where there can be none. */
async function freshMachine(release: Release): Promise<Machine | undefined> {
  const made = freshRoot(release);
  const problem = "problem" in made ? made.problem : "this machine lends no namespaces";
  const machine =
    "root" in made ? await bootMachine([made.root, join(ROOT, "deploy"), join(ROOT, "dist"), TOOLS]) : undefined;
  if (machine === undefined) say(`SKIPPED, nothing is installed on a fresh ${RELEASES[release].name}: ${problem}`);
  else booted.push(machine);
  return machine;
}

const INSTALL_HUB = join(ROOT, "deploy", "install-hub.sh");
const INSTALL_SPOKE = join(ROOT, "deploy", "install-spoke.sh");
const asAdmin = `-H ${quoted(`Authorization: Bearer ${ADMIN_KEY}`)}`;

for (const release of wanted) {
  const machine = await freshMachine(release);
  describe.skipIf(machine === undefined)(`a fresh ${RELEASES[release].name}`, () => {
    const ok = (line: string): string => (machine as Machine).ok(line);
    const sh = (line: string) => (machine as Machine).sh(line);

    test(
      "one command makes a hub of it, whatever is in its key and its settings; a second changes nothing",
      () => {
        expect(ok("systemctl is-system-running")).toBe("running");
        ok(`printf '%s\\n' ${quoted(ADMIN_KEY)} > /root/key`);
        const setting = `--set ${quoted(`FLEET_TLS_CERT=/root/it's "a" $HOME %p/é.pem`)} --set FLEET_TLS_KEY=/root/x`;
        const started = performance.now();
        const refused = sh(`${INSTALL_HUB} --admin-key-file /root/key ${setting}`);
        expect(refused.out).toContain(`/root/it's "a" $HOME %p/é.pem`);
        expect(refused.code).not.toBe(0);
        const said = ok(
          `${INSTALL_HUB} --admin-key-file /root/key --set FLEET_TLS_CERT= --set FLEET_TLS_KEY= --set FLEET_LOG_LEVEL=info`,
        );
        say(`a hub on ${RELEASES[release].name}: ${((performance.now() - started) / 1000).toFixed(1)} s, twice tried`);
        expect(said).toContain("the database is embedded");
        expect(said).toContain("running, ");
        expect(said).not.toMatch(/^(FAIL|warn) /m);
        expect(said.split("Next:\n")[1]?.trim().split("\n")).toHaveLength(3);
        expect(ok(`curl -sS ${asAdmin} ${HUB}/api/fleet/rigs`)).toBe('{"rigs":[]}');
        const again = ok(`${INSTALL_HUB} --set FLEET_LOG_LEVEL=info`);
        expect(again).toContain("unchanged, and running");
        expect(again).not.toContain("wrote");
        expect(ok("cat /etc/fleet-hub/hub.env")).toContain(
          "FLEET_TLS_CERT=''\nFLEET_TLS_KEY=''\nFLEET_LOG_LEVEL='info'",
        );
        ok(`${INSTALL_HUB} --set ${quoted("FLEET_LOG_LEVEL=warn")}`);
        expect(ok("cat /etc/fleet-hub/hub.env")).toContain(
          "FLEET_TLS_CERT=''\nFLEET_TLS_KEY=''\nFLEET_LOG_LEVEL='warn'",
        );
      },
      LONG_MS,
    );

    test(
      "a rig in two: enrolled beside the running hub by the installed one's own settings, and on the rig by one word",
      () => {
        const place = `--well ${quoted("WOLFCAMP 24H 'é'")} --field ${quoted("Permian $ Basin")}`;
        ok(`cd /root; fleet-hub rig enroll RIG-7 ${place} --no-tunnel --hub ${HUB} --out rig-7.enroll`);
        expect(ok("stat -c %a /root/rig-7.enroll")).toBe("600");
        expect(ok(INSTALL_SPOKE)).toContain("next: fleet-spoke enroll");
        expect(ok("cd /root; fleet-spoke enroll rig-7.enroll --no-tunnel")).toContain("rig RIG-7 is enrolled");
        ok("systemctl enable --now fleet-spoke");
        expect(ok(INSTALL_SPOKE)).toContain("unchanged, and running");
        expect(ok("fleet-spoke status")).toContain("RIG-7");
        expect(sh("cd /root; fleet-spoke enroll rig-7.enroll --no-tunnel").out).toContain("used");
        expect(ok("fleet-hub rig list")).toContain("WOLFCAMP 24H 'é'\tPermian $ Basin");
        const looked = sh("FLEET_DATA_DIR=/var/lib/fleet-spoke fleet-spoke doctor");
        expect(looked.out).not.toMatch(/^FAIL /m);
        expect(ok("fleet-hub doctor")).not.toMatch(/^(FAIL|warn) /m);
      },
      LONG_MS,
    );

    test(
      "removing keeps the data and says so; deleting it asks for the machine's name",
      () => {
        expect(ok(`${INSTALL_SPOKE} --uninstall`)).toContain("kept: /var/lib/fleet-spoke");
        expect(ok(`${INSTALL_HUB} --uninstall`)).toContain("kept: /var/lib/fleet-hub");
        expect(ok("ls /var/lib/fleet-hub")).toContain("postgres");
        expect(ok(INSTALL_HUB)).toContain("running");
        expect(ok("fleet-hub rig list")).toContain("RIG-7");
        expect(sh(`${INSTALL_HUB} --uninstall --purge --confirm another`).code).toBe(2);
        ok(`${INSTALL_HUB} --uninstall --purge --confirm "$(uname -n)"`);
        ok(`${INSTALL_SPOKE} --uninstall --purge --confirm "$(uname -n)"`);
        const left = "find / -xdev \\( -path /proc -o -path /sys -o -path /root \\) -prune -o -name '*fleet-*' -print";
        expect(ok(`${left} | grep -v '^${ROOT}' || true`)).toBe("");
      },
      LONG_MS,
    );
  });
}

const noTunnel = await labProblem();
const second = wanted.includes("bookworm") ? await freshMachine("bookworm") : undefined;
describe.skipIf(second === undefined)("a Debian 12 with PostgreSQL", () => {
  const ok = (line: string): string => (second as Machine).ok(line);
  beforeAll(() => void ok("systemctl start postgresql@15-main"), LONG_MS);

  test(
    "the hub takes a role and a database of its own there, without a password",
    () => {
      const said = ok(INSTALL_HUB);
      expect(said).toContain("made PostgreSQL's database fleet_hub");
      expect(said).toMatch(/The admin's key, shown this once: sk-admin-/);
      expect(said).toContain("ok   database: PostgreSQL 15 answers");
      expect(said).toContain("ok   schema: current");
      expect(said).not.toMatch(/^(FAIL|warn) /m);
      const again = ok(INSTALL_HUB);
      expect(again).toContain("unchanged, and running");
      expect(again).not.toContain("shown this once");
      expect(ok("runuser -u postgres -- psql -X -Atc 'select count(*) from rigs' fleet_hub")).toBe("0");
      expect(ok("fleet-hub rig register RIG-1 --well W --field F")).toContain("shown this once");
      ok("systemctl start fleet-hub-backup && systemctl start fleet-hub-drill");
      expect(ok("fleet-hub doctor")).toContain("ok   proof of a backup: 0 hours ago");
      expect(ok("fleet-hub backup --to /root/backups --same-disk")).toContain("/root/backups/");
      expect((second as Machine).sh(`${INSTALL_HUB} --database embedded`).out).toContain("names a PostgreSQL");
    },
    LONG_MS,
  );

  test.skipIf(noTunnel !== undefined)(
    "a tunnel is one more flag: the hub listens inside, and the firewall keeps the rest out",
    () => {
      // Where the kernel has no WireGuard of its own.
      if (wireguardGo() !== undefined) {
        ok(`mkdir -p /dev/net; mknod /dev/net/tun c 10 200; ${wireguardGo()} fleet0 > /dev/null 2>&1`);
      }
      const flags = "--tunnel hub.example:51821 --set FLEET_PORT=8090";
      const said = ok(`${INSTALL_HUB} ${flags}`);
      expect(said).toContain("made: 10.88.0.1, hub.example:51821");
      expect(said).toContain("ok   service: ready at port 8090");
      expect(said).toContain("ok   peers: the gateway lets in the 0 of the database");
      expect(said).not.toMatch(/^(FAIL|warn) /m);
      expect(ok(`${INSTALL_HUB} ${flags}`)).toContain("unchanged, and running");
      expect(ok("nft list table inet fleet_hub_wg")).toContain("tcp dport 8090 drop");
      expect(ok("wg show fleet0 listen-port")).toBe("51821");
      ok("fleet-hub rig enroll RIG-9 --well W --field F --out /root/rig-9.enroll");
      expect(ok("cat /root/rig-9.enroll")).toContain('"hub_url":"http://10.88.0.1:8090"');
      ok("nft delete table inet fleet_hub_wg");
      expect((second as Machine).sh("fleet-hub doctor").out).toContain("FAIL firewall: its table is gone");
      ok("systemctl start fleet-hub-wg");
      expect(ok("fleet-hub doctor")).toContain("ok   firewall: port 8090 is for this machine and the tunnel");
      ok("systemctl restart fleet-hub");
      const removed = ok(`${INSTALL_HUB} --uninstall`);
      expect(removed).toContain("PostgreSQL keeps the database fleet_hub");
      expect(ok("nft list ruleset; ip -br link show fleet0 2>&1 || true")).toContain("does not exist");
    },
    LONG_MS,
  );
});
