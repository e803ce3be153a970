import { expect, test } from "bun:test";
import { gatewayConf, newWireguardKeys, publicKeyOf, rigConf, WIREGUARD_KEY } from "../../../src/base/wireguard.ts";
import { readTunnelPeers, type TunnelPeers } from "../../../src/wire/tunnel-peers.ts";
import { firewallText } from "../../../src/cli/tunnel/firewall.ts";
import { gatewaySteps } from "../../../src/cli/tunnel/gateway.ts";

const own = newWireguardKeys();
const GATEWAY = { name: "gate", address: "10.88.0.1", public_key: own.public_key, endpoint: "hub.test:51820" };
const PEER = { address: "10.88.1.7", public_key: newWireguardKeys().public_key };
const PEERS: TunnelPeers = { fleet: 1, pool: "10.88.0.0/16", generation: 4, gateways: [GATEWAY], peers: [PEER] };
const FORM = {
  interface: "fleet0",
  port: 51_820,
  hubPort: 8080,
  stateDir: "/run/fleet-hub-wg",
  privateKey: own.private_key,
};

test("a key is what wg makes: 32 bytes in base64, and its public half follows", () => {
  const { private_key, public_key } = newWireguardKeys();
  expect(private_key).toMatch(WIREGUARD_KEY);
  expect(publicKeyOf(private_key)).toBe(public_key);
  // As wg pubkey answered, which clamps what it is given.
  expect(publicKeyOf("eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=")).toBe(
    "m0rVC68DRvql2CjJskgoBO6cCjUnQpp6kqHVqk2ztiY=",
  );
  expect(() => publicKeyOf("short")).toThrow("no WireGuard key");
});

test("a rig's end leads to the hubs alone, and is silent unless told", () => {
  const rig = { rig_id: "RIG-7", address: "10.88.1.7", gateways: [GATEWAY], keepalive_s: 0 };
  const conf = rigConf(rig, { key_file: "/etc/fleet-spoke/wireguard.key" });
  expect(conf).toBe(
    `# RIG-7\n[Interface]\nAddress = 10.88.1.7/32\nMTU = 1280\nPostUp = wg set %i private-key /etc/fleet-spoke/wireguard.key\n` +
      `\n[Peer]\nPublicKey = ${own.public_key}\nEndpoint = hub.test:51820\nAllowedIPs = 10.88.0.1/32\n`,
  );
  expect(rigConf({ ...rig, keepalive_s: 25 }, { key_file: "/k" })).toContain("PersistentKeepalive = 25");
});

test("a gateway's end lets each peer speak from its own address", () => {
  const conf = gatewayConf(own.private_key, 51_820, [PEER]);
  expect(conf).toContain(`ListenPort = 51820\n\n[Peer]\nPublicKey = ${PEER.public_key}\nAllowedIPs = 10.88.1.7/32\n`);
});

test("a hub that was broken into cannot give a gateway other networks, or one address twice", () => {
  const read = (file: object) => readTunnelPeers(Buffer.from(JSON.stringify({ ...PEERS, ...file })));
  expect(read({})).toEqual(PEERS);
  const other = newWireguardKeys().public_key;
  for (const [peers, said] of [
    [[{ ...PEER, address: "0.0.0.0" }], "no rig's address"],
    [[{ ...PEER, address: "10.88.0.9" }], "no rig's address"],
    [[{ ...PEER, address: "10.88.1.7/8" }], "does not fit"],
    [[PEER, { ...PEER, public_key: other }], "two peers have one address"],
    [[PEER, { ...PEER, address: "10.88.1.8" }], "two peers have one public_key"],
    [[{ ...PEER, public_key: own.public_key }], "two peers have one public_key"],
  ] as const) {
    expect(() => read({ peers })).toThrow(said);
  }
  expect(() => read({ pool: "10.88.0.0/30" })).toThrow("does not do");
  expect(() => read({ gateways: [{ ...GATEWAY, address: "10.88.1.9" }] })).toThrow("no gateway's");
});

test("the firewall that is shipped is the one that is applied", async () => {
  const shipped = await Bun.file(`${import.meta.dir}/../../../deploy/nftables/fleet-hub-wg.nft`).text();
  const form = { interface: "fleet0", port: 51_820, hubPort: 8080, pool: "10.88.0.0/16", address: "10.88.0.1" };
  expect(
    shipped
      .split("\n")
      .filter((line) => !line.startsWith("#"))
      .join("\n"),
  ).toBe(firewallText(form));
});

test("a machine as it should be needs no step, one that differs only what differs", async () => {
  const nft = firewallText({ ...FORM, pool: PEERS.pool, address: "10.88.0.1" });
  const answers: Record<string, string> = {
    "nft list": "listed",
    "ip -oneline address": "3: fleet0    inet 10.88.0.1/16 scope global fleet0\\  valid_lft forever",
    "ip -oneline link": "3: fleet0: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1280 qdisc noqueue state UNKNOWN",
    "wg show": `(none)\t${own.public_key}\t51820\toff\n${PEER.public_key}\t(none)\t(none)\t10.88.1.7/32\t0\t0\t0\toff`,
  };
  const files: Record<string, string> = {
    "/run/fleet-hub-wg/firewall.nft": nft,
    "/run/fleet-hub-wg/firewall.listed": "listed",
  };
  const look = (over: Record<string, string | undefined> = {}) =>
    gatewaySteps(PEERS, FORM, {
      readText: (path) => files[path],
      commands: {
        run(words) {
          const key = Object.keys(answers).find((known) => words.join(" ").startsWith(known)) ?? "";
          const known = { ...answers, ...over }[key];
          return Promise.resolve({ code: known === undefined ? 1 : 0, stdout: known ?? "", stderr: "" });
        },
      },
    });
  expect(await look()).toEqual([]);
  const kinds = async (over: Record<string, string | undefined>) =>
    (await look(over)).map((step) => (step.kind === "file" ? step.path : step.words.join(" ")));
  expect(await kinds({ "nft list": "somebody's hand" })).toEqual([
    "/run/fleet-hub-wg/firewall.nft",
    "nft -f /run/fleet-hub-wg/firewall.nft",
  ]);
  expect(await kinds({ "wg show": `x\t${own.public_key}\t51820\toff` })).toEqual([
    "/run/fleet-hub-wg/fleet0.conf",
    "wg syncconf fleet0 /run/fleet-hub-wg/fleet0.conf",
  ]);
  expect(await kinds({ "ip -oneline address": undefined, "ip -oneline link": undefined })).toEqual([
    "ip link add fleet0 type wireguard",
    "ip address replace 10.88.0.1/16 dev fleet0",
    "ip link set fleet0 mtu 1280 up",
  ]);
  const stranger = { ...FORM, privateKey: newWireguardKeys().private_key };
  const failed = await gatewaySteps(PEERS, stranger, {
    readText: () => undefined,
    commands: { run: () => Promise.resolve({ code: 1, stdout: "", stderr: "" }) },
  }).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: "config", message: expect.stringContaining("this machine's key") });
});
