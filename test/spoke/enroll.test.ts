import { beforeEach, describe, expect, test } from "bun:test";
import { silentNotify } from "../../src/base/notify.ts";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import type { Net, NetReply } from "../../src/base/net.ts";
import { parseCommand } from "../../src/base/verbs.ts";
import { createEnrolment } from "../../src/domain/enrolment.ts";
import { loadSettings } from "../../spoke/load-settings.ts";
import { beginReplacement } from "../../spoke/replace-file.ts";
import { withSettings } from "../../spoke/settings-edit.ts";
import { spokeProgram } from "../../spoke/verbs/program.ts";
import { ADMIN } from "../support/domain-hub.ts";
import { testHub } from "../support/hub.ts";
import { rejection } from "../support/rejection.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const HUB = "http://hub.test:8080";
const VALUES = { hub_url: HUB, rig_id: "RIG-7", api_key: `sk-fleet-${"k".repeat(43)}` };

describe("fleet-spoke enroll", () => {
  const hub = testHub("embedded");
  const hubNet: Net = {
    async send({ method, url, headers, body }) {
      const sent = body === undefined ? {} : { body: Buffer.from(body) };
      const path = url.slice(HUB.length);
      const reply = await hub.handle(
        new Request(`http://localhost${path}`, { method, headers: { ...headers }, ...sent }),
      );
      return {
        status: reply.status,
        headers: Object.fromEntries(reply.headers),
        body: new Uint8Array(await reply.arrayBuffer()),
      };
    },
  };
  let config: string;
  let rigs = 0;
  beforeEach(() => {
    config = join(temporaryDirectory(), "etc", "fleet.toml");
  });

  async function run(
    argv: readonly string[],
    { net = hubNet, environment = {} }: { net?: Net; environment?: Record<string, string> } = {},
  ) {
    const lines: string[] = [];
    const parsed = parseCommand(spokeProgram, ["enroll", ...argv]);
    if ("help" in parsed) throw new Error("the command is complete");
    await parsed.verb.run(parsed.call, {
      environment,
      readText: (path) => readFileSync(path, "utf8"),
      readFile: (path) => Bun.file(path).bytes(),
      print: (text) => lines.push(text),
      contextOf: () => {
        throw new Error("a machine that is no rig yet has no settings");
      },
      serve: () => {
        throw new Error("no verb but run serves");
      },
      net,
      beginReplacement,
      stopping: new AbortController().signal,
      notify: silentNotify,
    });
    return lines.join("\n");
  }

  async function code(): Promise<{ rig_id: string; code: string }> {
    const rig_id = `ROCK-${++rigs}`;
    const place = { well_id: "W-1", field: "North", time_zone: "America/Chicago" };
    return { rig_id, code: (await createEnrolment(hub.context, { rig_id, ...place }, ADMIN)).code };
  }

  test("writes what the spoke needs, for its owner alone, and never prints the key", async () => {
    const { rig_id, code: given } = await code();
    const printed = await run(["--hub", `${HUB}/`, given, "--config", config]);
    const settings = loadSettings(config, { environment: {}, readText: (path) => readFileSync(path, "utf8") });
    expect(settings).toMatchObject({ rig_id, hub_url: HUB });
    expect(settings.api_key).toMatch(/^sk-fleet-[\w-]{43}$/);
    expect(statSync(config).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(config, ".."))).toEqual(["fleet.toml"]);
    expect(printed).not.toContain("sk-fleet");
    expect(printed).toContain(`rig ${rig_id} is enrolled at ${HUB} (hub 0.0.0-test)`);
    expect(printed).toContain(`next: fleet-spoke run --config ${config}`);
    expect((await hub.send("GET", "/api/fleet/library", { key: settings.api_key })).status).toBeLessThan(400);
  });

  test("keeps every other setting and comment, and says which variable is stronger", async () => {
    const { rig_id, code: given } = await code();
    const before = `# ours\n[other]\nrig_id = "x"\n\n[fleet]\nrig_id = "${rig_id}" # the name\nupload_interval_secs = 7\n`;
    await Bun.write(config, before);
    const environment = { FLEET_CONFIG: config, FLEET_API_KEY: "an-older-key-of-the-rig" };
    const printed = await run(["--hub", HUB, given], { environment });
    const after = readFileSync(config, "utf8");
    expect(after).toStartWith('# ours\n[other]\nrig_id = "x"\n\n[fleet]\nhub_url = ');
    expect(after).toContain("upload_interval_secs = 7");
    expect(printed).toContain("FLEET_API_KEY of the environment is stronger than the file");
    expect(printed).not.toContain("an-older-key");
  });

  test("does not spend the code of another rig, nor any before the file can be written", async () => {
    const { rig_id, code: given } = await code();
    await Bun.write(config, '[fleet]\nrig_id = "SOMEBODY-1"\n');
    const before = readFileSync(config, "utf8");
    expect(await rejection(run(["--hub", HUB, given, "--config", config]))).toMatchObject({
      message: expect.stringContaining("the code is for another rig"),
    });
    expect(readFileSync(config, "utf8")).toBe(before);
    expect(readdirSync(join(config, ".."))).toEqual(["fleet.toml"]);
    const [broken, folder] = [join(temporaryDirectory(), "broken.toml"), temporaryDirectory()];
    writeFileSync(broken, "[fleet\n");
    for (const path of [broken, folder]) {
      expect(await rejection(run(["--hub", HUB, given, "--config", path]))).toMatchObject({ code: "config" });
    }
    expect(await run(["--hub", HUB, given, "--config", `${config}.2`])).toContain(rig_id);
  });

  test("says what the hub says, and leaves no file behind", async () => {
    const answer = (status: number, text: string): Net => ({
      send: () => Promise.resolve<NetReply>({ status, headers: {}, body: new TextEncoder().encode(text) }),
    });
    const away: Net = {
      send: () => Promise.reject(new Fault("unavailable", "the hub cannot be reached (ECONNREFUSED)")),
    };
    for (const [net, said] of [
      [hubNet, "the hub says: no such code was given out"],
      [away, "the hub cannot be reached"],
      [answer(200, "<html>"), "the hub answered 200"],
      [answer(201, "{}"), "the hub's reply names no rig and key"],
    ] as const) {
      const failed = run(["--hub", HUB, "0000-0000", "--config", config], { net });
      expect(await rejection(failed)).toHaveProperty("message", expect.stringContaining(said));
      expect(existsSync(config)).toBe(false);
      expect(readdirSync(join(config, ".."))).toEqual([]);
    }
  });

  test("asks for the hub's address", async () => {
    expect(await rejection(run(["7KQ2-M9XD"]))).toMatchObject({ code: "usage", message: "--hub is missing" });
    expect(await rejection(run(["--hub", "hub", "7KQ2-M9XD"]))).toMatchObject({ code: "usage" });
  });
});

describe("a settings' file with a rig's values", () => {
  test.each([
    ["", `[fleet]\nhub_url = "${HUB}"\nrig_id = "RIG-7"\napi_key = "${VALUES.api_key}"\n`],
    ["[a]\nx = 1\n", `[a]\nx = 1\n\n[fleet]\nhub_url = "${HUB}"\nrig_id = "RIG-7"\napi_key = "${VALUES.api_key}"\n`],
    [
      '[fleet] # here\n  api_key = "old"\nlisten = "127.0.0.1:1"\n[b]\n',
      `[fleet] # here\nhub_url = "${HUB}"\nrig_id = "RIG-7"\napi_key = "${VALUES.api_key}"\nlisten = "127.0.0.1:1"\n[b]\n`,
    ],
  ])("%j", (before, after) => {
    expect(withSettings(before, VALUES)).toBe(after);
  });

  test("in one line is refused", () => {
    expect(() => withSettings('fleet = { rig_id = "x" }\n', VALUES)).toThrow("cannot be edited");
  });
});
