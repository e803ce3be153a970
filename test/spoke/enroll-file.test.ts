import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Commands } from "../../src/base/command.ts";
import type { Net } from "../../src/base/net.ts";
import { seededRandom } from "../../src/base/random.ts";
import { newWireguardKeys, publicKeyOf } from "../../src/base/wireguard.ts";
import { authenticateRig, revokeRig } from "../../src/domain/rigs.ts";
import { acceptRequest } from "../../src/domain/tunnel/accept.ts";
import { createEnrolFile } from "../../src/domain/tunnel/enrol-file.ts";
import { setGateway } from "../../src/domain/tunnel/gateways.ts";
import { tunnelPeers } from "../../src/domain/tunnel/publish.ts";
import { enrolFileText, readEnrolFile, type EnrolFile } from "../../src/wire/enrol-file.ts";
import { enrolByFile, enrolOffline, planLines, type FilePlan } from "../../spoke/enrol/by-file.ts";
import type { EnrolContext } from "../../spoke/enrol/config-file.ts";
import { checkConfPath, checkRigRoutes } from "../../spoke/enrol/tunnel.ts";
import { loadSettings } from "../../spoke/load-settings.ts";
import { beginReplacement } from "../../spoke/replace-file.ts";
import { ADMIN } from "../support/domain-hub.ts";
import { testHub } from "../support/hub.ts";
import { rejection } from "../support/rejection.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const HUB = "http://10.88.0.1:8080";
const FORM = { lifetimeMs: 3_600_000, hubUrl: undefined, hubPort: 8080, keepaliveS: 0 };
const NO_ROUTES = "Iface\tDestination\n";

describe("fleet-spoke enroll FILE", () => {
  const hub = testHub("embedded");
  let folder: string;
  let rigs = 0;
  beforeAll(async () => {
    const { public_key } = newWireguardKeys();
    await setGateway(hub.context, { name: "gate", endpoint: "hub.test:51820", public_key }, ADMIN);
  });
  beforeEach(() => {
    folder = temporaryDirectory();
  });

  const net: Net = {
    async send({ method, url, headers, body }) {
      const sent = body === undefined ? {} : { body: Buffer.from(body) };
      const asked = new Request(`http://localhost${url.slice(HUB.length)}`, {
        method,
        headers: { ...headers },
        ...sent,
      });
      const reply = await hub.handle(asked);
      const bytes = new Uint8Array(await reply.arrayBuffer());
      return { status: reply.status, headers: Object.fromEntries(reply.headers), body: bytes };
    },
  };
  const context: EnrolContext = {
    readText: (path) => (path === "/proc/net/route" ? NO_ROUTES : readFileSync(path, "utf8")),
    beginReplacement,
    net,
  };
  const newFile = (): Promise<EnrolFile> =>
    createEnrolFile(hub.context, { rig_id: `BIT-${++rigs}`, well_id: "W-1", field: "North" }, FORM, ADMIN);
  const planOf = (file: EnrolFile): FilePlan => ({
    file,
    config: join(folder, "fleet.toml"),
    confFile: join(folder, "fleet0.conf"),
    hubUrl: file.hub_url,
    tunnel: file.tunnel,
  });
  /** Notes what was run, and what the interface's file said then. */
  function recorder() {
    const seen: { words: string; conf: string }[] = [];
    let up = false;
    const commands: Commands = {
      run: (words) => {
        const path = join(folder, "fleet0.conf");
        if (words[0] === "wg") return Promise.resolve({ code: up ? 0 : 1, stdout: "", stderr: "" });
        up = words[1] === "up";
        seen.push({ words: words.slice(0, 2).join(" "), conf: existsSync(path) ? readFileSync(path, "utf8") : "" });
        return Promise.resolve({ code: 0, stdout: "", stderr: "" });
      },
    };
    return { seen, commands };
  }

  test("comes up with the file's key, asks with its own, and is the rig when it comes up again", async () => {
    const file = readEnrolFile(Buffer.from(enrolFileText(await newFile())));
    const { seen, commands } = recorder();
    const enrolled = await enrolByFile(planOf(file), context, commands);
    expect(enrolled).toMatchObject({ rig_id: file.rig_id, hub_url: HUB, address: file.tunnel?.address ?? "" });
    expect(seen.map(({ words }) => words)).toEqual(["wg-quick up", "wg-quick down", "wg-quick up"]);
    expect(seen[0]?.conf).toContain(`PrivateKey = ${file.tunnel?.bootstrap.private_key}`);
    expect(seen[2]?.conf).toContain(`Address = ${file.tunnel?.address}/32`);
    expect(seen[2]?.conf).not.toContain("PrivateKey");
    const keyFile = join(folder, "wireguard.key");
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    const public_key = publicKeyOf(readFileSync(keyFile, "utf8").trim());
    expect((await tunnelPeers(hub.context))?.peers).toContainEqual({ address: file.tunnel?.address ?? "", public_key });
    const surroundings = { environment: {}, readText: context.readText };
    const settings = loadSettings(join(folder, "fleet.toml"), surroundings);
    expect(await authenticateRig(hub.context, settings.api_key)).toMatchObject({ rigId: file.rig_id });
    expect(readdirSync(folder).toSorted()).toEqual(["fleet.toml", "fleet0.conf", "wireguard.key"]);
  });

  test("puts the machine's tunnel back when the hub refuses, and keeps its key", async () => {
    const file = await newFile();
    await enrolByFile(planOf(file), context, recorder().commands);
    const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
    const { seen, commands } = recorder();
    expect(await rejection(enrolByFile(planOf(file), context, commands))).toMatchObject({
      message: expect.stringContaining("the code was used at"),
    });
    expect(seen.map(({ words }) => words)).toEqual(["wg-quick up", "wg-quick down"]);
    expect(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")])).toEqual(before);
  });

  test("keeps what the hub gave when the interface fails afterwards", async () => {
    const file = await newFile();
    let ups = 0;
    const commands: Commands = {
      run: (words) => {
        const fails = words[0] === "wg" || (words[1] === "up" && ++ups === 2);
        return Promise.resolve({ code: fails ? 1 : 0, stdout: "", stderr: "no such device" });
      },
    };
    expect(await rejection(enrolByFile(planOf(file), context, commands))).toMatchObject({
      code: "config",
      message: expect.stringContaining("no such device"),
    });
    const settings = loadSettings(join(folder, "fleet.toml"), { environment: {}, readText: context.readText });
    expect(await authenticateRig(hub.context, settings.api_key)).toMatchObject({ rigId: file.rig_id });
    expect(existsSync(join(folder, "wireguard.key"))).toBe(true);
  });

  test("without the tunnel touches no interface", async () => {
    const file = await newFile();
    const { seen, commands } = recorder();
    const plan = { ...planOf(file), tunnel: undefined };
    expect(await enrolByFile(plan, context, commands)).toMatchObject({ address: null });
    expect(seen).toEqual([]);
    expect(readdirSync(folder)).toEqual(["fleet.toml"]);
  });

  test("offline prints a line that the hub accepts, and everything is in its place", async () => {
    const file = await newFile();
    const line = enrolOffline(planOf(file), context, seededRandom(7));
    const settings = loadSettings(join(folder, "fleet.toml"), { environment: {}, readText: context.readText });
    expect(line).not.toContain(settings.api_key);
    expect(await rejection(authenticateRig(hub.context, settings.api_key))).toMatchObject({ code: "unauthorised" });
    await acceptRequest(hub.context, line, ADMIN);
    expect(await authenticateRig(hub.context, settings.api_key)).toMatchObject({ rigId: file.rig_id });
    await revokeRig(hub.context, file.rig_id, ADMIN);
  });

  test("refuses where a network of the rig has the hub's address", async () => {
    const file = await newFile();
    const routes =
      "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth1\t0000580A\t0\t1\t0\t0\t0\t0000FFFF\n";
    const lan: EnrolContext = {
      ...context,
      readText: (path) => (path === "/proc/net/route" ? routes : readFileSync(path, "utf8")),
    };
    expect(await rejection(enrolByFile(planOf(file), lan, recorder().commands))).toMatchObject({
      code: "config",
      message: "10.88.0.1 of the tunnel lies in 10.88.0.0/16, which eth1 leads to",
    });
    const { tunnel } = file;
    if (tunnel !== undefined) checkRigRoutes(tunnel, "/etc/wireguard/eth1.conf", lan);
  });

  test("says what it would do", async () => {
    const lines = planLines(planOf(await newFile()));
    expect(lines).toHaveLength(8);
    expect(lines.join("\n")).not.toContain("sk-fleet");
  });
});

test("a file that was cut, grew, or holds a word for a shell is refused", () => {
  const key = newWireguardKeys().private_key;
  const gateway = { address: "10.88.0.1", public_key: key, endpoint: "hub.test:51820" };
  const file: EnrolFile = {
    fleet: 1,
    rig_id: "RIG-7",
    code: "0".repeat(26),
    expires_at: "2026-12-01T00:00:00.000Z",
    hub_url: HUB,
    tunnel: {
      address: "10.88.1.7",
      gateways: [gateway, gateway, gateway],
      keepalive_s: 0,
      bootstrap: { address: "10.88.240.7", private_key: key },
    },
  };
  const text = enrolFileText(file);
  expect(readEnrolFile(Buffer.from(text))).toEqual(file);
  expect(() => readEnrolFile(Buffer.from(text.slice(0, -9)))).toThrow("no enrolment file");
  expect(() => readEnrolFile(Buffer.from(text + " ".repeat(1024)))).toThrow("more than 1024 bytes");
  for (const endpoint of ["hub.test:51820\nPostUp = id", "hub.test", "hub test:1"]) {
    const hostile = text.replaceAll(JSON.stringify("hub.test:51820"), JSON.stringify(endpoint));
    expect(() => readEnrolFile(Buffer.from(hostile))).toThrow("endpoint");
  }
  expect(() => checkConfPath("/etc/wireguard/fleet 0.conf")).toThrow("does not name an interface");
});
