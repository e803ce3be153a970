import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newWireguardKeys } from "../../../src/base/wireguard.ts";
import { say } from "../../support/say.ts";
import { bootMachine, missingExecutables, ROOT, type Machine } from "../units/machine.ts";
import { labProblem, wireguardGo } from "./lab.ts";

const CURRENT = "/usr/lib/fleet-hub/current";
const PATIENCE_MS = 120_000;
const APPLY_S = 20;
const problem = missingExecutables() ?? (await labProblem());
const machine = problem === undefined ? await bootMachine() : undefined;
if (machine === undefined)
  say(`SKIPPED, the gateway's unit is not tested: ${problem ?? "no namespaces or no systemd"}`);

describe.skipIf(machine === undefined)("fleet-hub-wg on a real systemd", () => {
  const run = (line: string): string => (machine as Machine).ok(line);
  const peer = newWireguardKeys().public_key;
  let ownKey: string;

  beforeAll(() => {
    run(`mkdir -p ${CURRENT} /etc/fleet-hub; install -m 755 ${ROOT}/dist/fleet-hub ${CURRENT}/fleet-hub`);
    run(`systemd-sysusers ${ROOT}/deploy/systemd/fleet-hub.sysusers`);
    run(`cp ${ROOT}/deploy/systemd/fleet-hub-wg.* /etc/systemd/system/; systemctl daemon-reload`);
    run("install -d -o fleet-hub -g fleet-hub -m 750 /run/fleet-hub");
    ownKey = run(`${CURRENT}/fleet-hub wg key`);
    const userspace = wireguardGo();
    if (userspace === undefined) return;
    run("mkdir -p /dev/net; [ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200");
    run(`${userspace} fleet0 > /dev/null 2>&1`);
  }, PATIENCE_MS);
  afterAll(() => machine?.stop());

  /** As the hub writes it: beside, and renamed. */
  function tell(peers: readonly { readonly address: string; readonly public_key: string }[]): void {
    const gateways = [{ name: "gate", address: "10.88.0.1", public_key: ownKey, endpoint: "hub.test:51820" }];
    const file = JSON.stringify({ fleet: 1, pool: "10.88.0.0/16", generation: 1, gateways, peers });
    const path = "/run/fleet-hub/wg-peers.json";
    run(
      `printf '%s' '${file}' > /tmp/peers; install -o fleet-hub -g fleet-hub -m 644 /tmp/peers ${path}.new; mv ${path}.new ${path}`,
    );
  }

  test(
    "applies what the hub told as soon as the file changes, with no right but over the network",
    async () => {
      run("systemctl start fleet-hub-wg.path");
      tell([{ address: "10.88.1.7", public_key: peer }]);
      const seconds = await (machine as Machine).until(`wg show fleet0 peers | grep -qF '${peer}'`, APPLY_S);
      say(`a peer is let in ${seconds.toFixed(1)} s after the hub wrote it`);
      await (machine as Machine).until("[ -e /run/fleet-hub-wg/handshakes.json ]", APPLY_S);
      expect(run("stat -c %a /run/fleet-hub-wg/fleet0.conf")).toBe("600");
      expect(run("stat -c %a /run/fleet-hub-wg/handshakes.json")).toBe("644");
      expect(run("nft list tables")).toBe("table inet fleet_hub_wg");
      expect(run("systemctl show fleet-hub-wg -p CapabilityBoundingSet --value")).toBe("cap_net_admin");
      run("systemctl start fleet-hub-wg");
      expect(run("journalctl -u fleet-hub-wg -o cat -n 20 --no-pager")).toContain("unchanged");
      tell([]);
      await (machine as Machine).until('[ -z "$(wg show fleet0 peers)" ]', APPLY_S);
    },
    PATIENCE_MS,
  );

  test(
    "refuses a file that gives a peer the whole network, and lets in who was let in",
    async () => {
      // A change that comes while one is applied is told again by the hub, which is not here.
      const idle = `[ "$(systemctl is-active fleet-hub-wg)" = inactive ]`;
      await (machine as Machine).until(idle, APPLY_S);
      tell([{ address: "10.88.1.7", public_key: peer }]);
      await (machine as Machine).until(`wg show fleet0 peers | grep -qF '${peer}'`, APPLY_S);
      await (machine as Machine).until(idle, APPLY_S);
      tell([{ address: "0.0.0.0", public_key: newWireguardKeys().public_key }]);
      await (machine as Machine).until("systemctl is-failed fleet-hub-wg", APPLY_S);
      expect(run("wg show fleet0 peers")).toBe(peer);
    },
    PATIENCE_MS,
  );
});
