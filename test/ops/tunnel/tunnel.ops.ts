import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/base/clock.ts";
import { newWireguardKeys } from "../../../src/base/wireguard.ts";
import { useCode } from "../../../src/domain/enrolment-use.ts";
import { createEnrolFile } from "../../../src/domain/tunnel/enrol-file.ts";
import { setGateway } from "../../../src/domain/tunnel/gateways.ts";
import { tunnelPeers } from "../../../src/domain/tunnel/publish.ts";
import { FIREWALL_TABLE } from "../../../src/cli/tunnel/firewall.ts";
import { readEnrolFile } from "../../../src/wire/enrol-file.ts";
import { readTunnelPeers } from "../../../src/wire/tunnel-peers.ts";
import { tomlSource } from "../../../spoke/settings-file.ts";
import { spokeSettingTable } from "../../../spoke/settings.ts";
import { testContext } from "../../support/context.ts";
import { ADMIN } from "../../support/domain-hub.ts";
import { testDatabase, type TestDatabase } from "../../support/postgres.ts";
import { say } from "../../support/say.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { ADMIN_KEY, DEVICE, openGateway, until, type GatewayLab } from "./gateway-lab.ts";
import { labProblem, openLab, type Lab, type Machine } from "./lab.ts";

const HUB_URL = "http://10.88.0.1:8080";
const HEALTH = `${HUB_URL}/api/fleet/health`;
const IDLE_S = Number(process.env["FLEET_IDLE_S"] ?? 120);
const MANY = Number(process.env["FLEET_ENROLMENTS"] ?? 1000);
const PATIENCE_MS = 120_000;
const problem = await labProblem();
if (problem !== undefined) say(`SKIPPED, the tunnel is not tested: ${problem}`);

describe.skipIf(problem !== undefined)("a tunnel with two rigs and a stranger", () => {
  let lab: Lab;
  let gateway: GatewayLab;
  let database: TestDatabase;
  const folder = temporaryDirectory();
  const fileOf = (rig: string): string => join(folder, `${rig}.enroll`);
  const conf = (rig: Machine): string => readFileSync(join(folder, rig.name, `wg-${rig.name}.conf`), "utf8");
  const addressOf = (rig: Machine): string => /Address = ([\d.]+)/.exec(conf(rig))?.[1] ?? "";
  const keyOf = (rig: Machine): string => {
    const path = join(folder, rig.name, "fleet.toml");
    return String(tomlSource(readFileSync(path, "utf8"), path).get("api_key", spokeSettingTable.api_key)?.raw);
  };

  beforeAll(async () => {
    lab = await openLab({ hub: "192.0.2.1", rig1: "192.0.2.11", rig2: "192.0.2.12", stranger: "192.0.2.66" });
    database = await testDatabase("server");
    gateway = await openGateway(lab, database, folder);
  }, PATIENCE_MS);
  afterAll(async () => {
    await gateway?.stop();
    await lab?.close();
    await database?.close();
  }, PATIENCE_MS);

  test(
    "a file makes a machine the rig, with a key that was made on it, and pulls the library",
    async () => {
      for (const name of ["rig1", "rig2"]) {
        const rig = lab.machine(name);
        await gateway.fleetHub("rig", "enroll", name, "--well", "W-1", "--field", "North", "--out", fileOf(name));
        expect(statSync(fileOf(name)).mode & 0o777).toBe(0o600);
        const started = systemClock.monotonic();
        const printed = await gateway.fleetSpoke(rig, "enroll", fileOf(name));
        say(`${name} enrolled in ${Math.round(systemClock.monotonic() - started)} ms`);
        expect(printed).toContain(`rig ${name} is enrolled at ${HUB_URL}`);
        expect(printed).toContain("library version");
        expect(addressOf(rig)).toBe(readEnrolFile(readFileSync(fileOf(name))).tunnel?.address ?? "");
        expect(conf(rig)).not.toContain("PrivateKey");
        expect(await rig.status(`${HUB_URL}/api/fleet/library`, { key: keyOf(rig) })).toBeLessThan(400);
        expect(await rig.status(HEALTH)).toBe(200);
      }
      expect(await gateway.fleetHub("wg", "apply")).toContain("unchanged");
    },
    PATIENCE_MS,
  );

  test(
    "no other way leads in",
    async () => {
      const [rig1, rig2, stranger] = [lab.machine("rig1"), lab.machine("rig2"), lab.machine("stranger")];
      const { hub } = gateway;
      const other = ["-e", "Bun.serve({port: 9999, hostname: '0.0.0.0', fetch: () => new Response('x')})"];
      for (const machine of [hub, rig2]) machine.start([process.execPath, ...other]);
      await until(async () => (await hub.status("http://127.0.0.1:9999/")) === 200, "the other port answers at home");
      await until(async () => (await rig2.status("http://127.0.0.1:9999/")) === 200, "the rig's answers at home");
      await stranger.run("ip", "route", "add", "10.88.0.0/16", "via", hub.address);
      await rig1.run("ip", "route", "add", `${addressOf(rig2)}/32`, "dev", "wg-rig1");
      const hubKey = /PublicKey = (\S+)/.exec(conf(rig1))?.[1] ?? "";
      await rig1.run("wg", "set", "wg-rig1", "peer", hubKey, "allowed-ips", "10.88.0.0/16");
      const past = {
        "the public address": () => stranger.status(`http://${hub.address}:8080/api/fleet/health`),
        "the tunnel's address, by a route past the tunnel": () => stranger.status(HEALTH),
      };
      const tried: Record<string, () => Promise<number>> = {
        ...past,
        "another port, from the tunnel": () => rig1.status("http://10.88.0.1:9999/"),
        "another rig, through the hub": () => rig1.status(`http://${addressOf(rig2)}:9999/`),
        "a rig's source address, past the tunnel": () => spoofed(stranger, addressOf(rig1)),
        "a key that nobody knows": () => withStrangeKey(stranger, hubKey, hub.address),
      };
      const answers = await answersOf(tried);
      say(`ways in besides the tunnel: ${Object.values(answers).filter((status) => status !== 0).length} of 6`);
      expect(answers).toEqual(Object.fromEntries(Object.keys(tried).map((way) => [way, 0])));
      await rig1.run("ip", "address", "add", "10.88.9.9/32", "dev", "wg-rig1");
      expect(await rig1.status(HEALTH, { from: "10.88.9.9" })).toBe(0);
      await rig1.run("ip", "address", "delete", "10.88.9.9/32", "dev", "wg-rig1");
      expect(await rig1.status(HEALTH)).toBe(200);
      // It is the table that keeps them out: without it they are in, and the gateway's service puts it back.
      await hub.run("nft", "delete", "table", "inet", FIREWALL_TABLE);
      expect(Object.values(await answersOf(past))).toEqual([200, 200]);
      expect(await gateway.fleetHub("wg", "apply")).toContain("applied");
      expect(Object.values(await answersOf(past))).toEqual([0, 0]);
    },
    PATIENCE_MS,
  );

  test(
    "a file's key opens enrolment alone, and a used file nothing",
    async () => {
      const stranger = lab.machine("stranger");
      await gateway.fleetHub("rig", "enroll", "rig3", "--well", "W", "--field", "F", "--out", fileOf("rig3"));
      const { tunnel, code } = readEnrolFile(readFileSync(fileOf("rig3")));
      await stranger.run("ip", "route", "flush", "10.88.0.0/16");
      await upWith(stranger, tunnel?.bootstrap.private_key ?? "", tunnel?.bootstrap.address ?? "", {
        hubKey: tunnel?.gateways[0]?.public_key ?? "",
        endpoint: tunnel?.gateways[0]?.endpoint ?? "",
      });
      await until(async () => (await stranger.status(HEALTH, { seconds: 6 })) !== 0, "the file's key is let in");
      for (const path of ["/", "/login", "/metrics", "/api/fleet/health", "/api/fleet/library"]) {
        expect(await stranger.status(`${HUB_URL}${path}`, { key: ADMIN_KEY })).toBe(403);
      }
      const { public_key } = newWireguardKeys();
      const post = JSON.stringify({ code, public_key });
      const url = `${HUB_URL}/api/fleet/enroll`;
      expect([await stranger.status(url, { post }), await stranger.status(url, { post })]).toEqual([201, 410]);
      const told = await database.sql`select target from admin_audit where action = 'enrolment.reused'`;
      expect([...told]).toEqual([{ target: "rig3" }]);
    },
    PATIENCE_MS,
  );

  test(
    `an idle tunnel sends nothing in ${IDLE_S} s, and the first request after it works`,
    async () => {
      const rig2 = lab.machine("rig2");
      const sent = async () => [
        await rig2.run("wg", "show", "wg-rig2", "transfer"),
        lineOf(
          await gateway.hub.run("wg", "show", DEVICE, "transfer"),
          await rig2.run("wg", "show", "wg-rig2", "public-key"),
        ),
      ];
      // After the last packet WireGuard answers once more, 10 s later.
      await systemClock.sleep(12_000);
      const before = await sent();
      await systemClock.sleep(IDLE_S * 1000);
      expect(await sent()).toEqual(before);
      say(`bytes of an idle rig in ${IDLE_S} s: 0`);
      expect(await rig2.status(HEALTH, { seconds: 10 })).toBe(200);
    },
    PATIENCE_MS + IDLE_S * 1000,
  );

  test(
    "a revoked rig is out: its last accepted request began before the revocation was answered",
    async () => {
      const rig1 = lab.machine("rig1");
      const [key, before] = [keyOf(rig1), await gateway.peers()];
      const knock = join(import.meta.dir, "knock.ts");
      const knocking = rig1.start([process.execPath, knock, `${HUB_URL}/api/fleet/library`], { KNOCK_KEY: key });
      await systemClock.sleep(1500);
      const revoke = `http://127.0.0.1:8080/api/fleet/rigs/rig1/revoke`;
      expect(await gateway.hub.status(revoke, { key: ADMIN_KEY, post: "{}" })).toBe(200);
      const revokedMs = systemClock.now();
      await until(async () => (await gateway.peers()) === before - 1, "the gateway lets the rig in no more");
      const peerOutMs = systemClock.now() - revokedMs;
      knocking.kill("SIGTERM");
      const lines = (await new Response(knocking.stdout).text())
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { at: number; status: number });
      const accepted = lines.filter(({ status }) => status === 200 || status === 304);
      const lastMs = (accepted.at(-1)?.at ?? 0) - revokedMs;
      say(
        `revoked: last accepted request ${Math.round(lastMs)} ms after the answer, peer out after ${Math.round(peerOutMs)} ms`,
      );
      expect(accepted.length).toBeGreaterThan(10);
      expect(lastMs).toBeLessThan(0);
      expect(peerOutMs).toBeLessThan(5000);
      expect(await rig1.status(HEALTH)).toBe(0);
      expect(await lab.machine("rig2").status(HEALTH)).toBe(200);
    },
    PATIENCE_MS,
  );
});

/** One after the other: each changes the machine that it is tried from. */
async function answersOf(tried: Readonly<Record<string, () => Promise<number>>>): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (const [way, ask] of Object.entries(tried)) answers[way] = await ask();
  return answers;
}

/** With this source address; it answers whoever has it, so a reply would come back to here. */
async function spoofed(machine: Machine, address: string): Promise<number> {
  await machine.run("ip", "address", "add", `${address}/32`, "dev", "eth0");
  const status = await machine.status(`http://192.0.2.1:8080/api/fleet/health`, { from: address });
  await machine.run("ip", "address", "delete", `${address}/32`, "dev", "eth0");
  return status;
}

async function withStrangeKey(machine: Machine, hubKey: string, hub: string): Promise<number> {
  await upWith(machine, newWireguardKeys().private_key, "10.88.77.77", { hubKey, endpoint: `${hub}:51820` });
  const status = await machine.status(HEALTH, { from: "10.88.77.77", seconds: 6 });
  await machine.run("wg-quick", "down", strangersConf);
  return status;
}

const strangersConf = join(temporaryDirectory(), "wg-stranger.conf");

async function upWith(
  machine: Machine,
  key: string,
  address: string,
  { hubKey, endpoint }: { readonly hubKey: string; readonly endpoint: string },
): Promise<void> {
  const peer = `[Peer]\nPublicKey = ${hubKey}\nEndpoint = ${endpoint}\nAllowedIPs = 10.88.0.1/32\n`;
  await Bun.write(strangersConf, `[Interface]\nPrivateKey = ${key}\nAddress = ${address}/32\nMTU = 1280\n${peer}`);
  await machine.run("wg-quick", "up", strangersConf);
}

function lineOf(text: string, key: string): string {
  return text.split("\n").find((line) => line.startsWith(key.trim())) ?? "";
}

test(
  `${MANY} enrolments at once get as many addresses`,
  async () => {
    const database = await testDatabase("server");
    const context = testContext(database.sql);
    const { public_key } = newWireguardKeys();
    await setGateway(context, { name: "gate", endpoint: "192.0.2.1:51820", public_key }, ADMIN);
    const form = { lifetimeMs: 3_600_000, hubUrl: undefined, hubPort: 8080, keepaliveS: 0 };
    const started = systemClock.monotonic();
    const files = await Promise.all(
      Array.from({ length: MANY }, (_, at) =>
        createEnrolFile(context, { rig_id: `RIG-${at}`, well_id: "W", field: "F" }, form, ADMIN),
      ),
    );
    const from = { address: "10.88.240.1", requestId: "r" };
    await Promise.all(
      files.map(({ code }) => useCode(context, { code, public_key: newWireguardKeys().public_key }, from)),
    );
    const seconds = (systemClock.monotonic() - started) / 1000;
    context.clock.advance(61_000);
    const { peers } = readTunnelPeers(Buffer.from(JSON.stringify(await tunnelPeers(context))));
    expect(new Set(files.map(({ tunnel }) => tunnel?.address)).size).toBe(MANY);
    expect(new Set(peers.map(({ address }) => address))).toEqual(
      new Set(files.map(({ tunnel }) => tunnel?.address ?? "")),
    );
    say(`${MANY} enrolments at once: ${peers.length} distinct addresses, ${seconds.toFixed(1)} s`);
    await database.close();
  },
  PATIENCE_MS,
);
