import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/base/clock.ts";
import type { TestDatabase } from "../../support/postgres.ts";
import { wireguardGo, type Lab, type Machine } from "./lab.ts";

const ROOT = join(import.meta.dir, "..", "..", "..");
const BUN = process.execPath;
export const ADMIN_KEY = "the-admin-key-of-the-lab";
export const DEVICE = "wg-hub";
const LOOK_MS = 50;
const READY_MS = 20_000;

/** The hub's machine: the hub, its gateway, and what fleet-hub-wg.path does. */
export interface GatewayLab {
  readonly hub: Machine;
  /** A verb of fleet-hub, on the hub's machine. */
  fleetHub(...words: readonly string[]): Promise<string>;
  /** A verb of fleet-spoke, on that machine; it has a folder of its own. */
  fleetSpoke(machine: Machine, ...words: readonly string[]): Promise<string>;
  /** What the hub has logged. */
  logged(): string;
  /** How many peers the gateway lets in. */
  peers(): Promise<number>;
  stop(): Promise<void>;
}

export async function openGateway(lab: Lab, database: TestDatabase, folder: string): Promise<GatewayLab> {
  const hub = lab.machine("hub");
  const files = { key: join(folder, "wireguard.key"), peers: join(folder, "peers.json"), state: join(folder, "state") };
  const url = database.url ?? "";
  const env = {
    FLEET_DATABASE_URL: url,
    FLEET_ADMIN_KEY: ADMIN_KEY,
    FLEET_WG_PEERS_FILE: files.peers,
    FLEET_WG_HANDSHAKES_FILE: join(files.state, "handshakes.json"),
    FLEET_DATA_DIR: join(folder, "data"),
  };
  const words = (verb: readonly string[]): string[] => [
    "env",
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    BUN,
    join(ROOT, "src", "main.ts"),
    ...verb,
  ];
  const fleetHub = (...verb: readonly string[]) => hub.run(...words(verb));
  await fleetHub("wg", "init", "--endpoint", `${hub.address}:51820`, "--name", "gate", "--key", files.key);
  // At every address, so that it is the firewall that keeps others out, and not where the hub listens.
  const served = hub.start(words(["serve", "--bind-address", "0.0.0.0", "--port", "8080"]));
  let log = "";
  const drain = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const chunk of stream) log += Buffer.from(chunk).toString();
  };
  const drained = Promise.all([drain(served.stdout), drain(served.stderr)]);
  await until(() => existsSync(files.peers), "the hub tells its gateway who may come in");
  const userspace = wireguardGo();
  if (userspace !== undefined) {
    const daemon = hub.start([userspace, "-f", DEVICE]);
    void drain(daemon.stdout);
    void drain(daemon.stderr);
    // Not the socket alone: one that a killed run left behind lies in the same folder.
    await until(
      async () => (await hub.run("ip", "-oneline", "link")).includes(` ${DEVICE}: `),
      "the interface is there",
    );
    await until(() => existsSync(`/var/run/wireguard/${DEVICE}.sock`), "the interface listens to wg");
  }
  const flags = ["--interface", DEVICE, "--key", files.key, "--peers", files.peers, "--state-dir", files.state];
  const stopping = new AbortController();
  const watched = watch(files.peers, () => fleetHub("wg", "apply", ...flags), stopping.signal);
  await until(() => existsSync(env.FLEET_WG_HANDSHAKES_FILE), "the gateway has applied its peers");
  return {
    hub,
    fleetHub: (...verb) => fleetHub(...verb, ...(verb[1] === "apply" ? flags : [])),
    fleetSpoke: (machine, ...verb) => spokeVerb(machine, folder, verb),
    logged: () => log,
    peers: async () => (await hub.run("wg", "show", DEVICE, "peers")).split("\n").filter((line) => line !== "").length,
    async stop() {
      stopping.abort();
      await watched;
      served.kill("SIGTERM");
      await served.exited;
      await drained;
    },
  };
}

function spokeVerb(machine: Machine, folder: string, verb: readonly string[]): Promise<string> {
  const own = join(folder, machine.name);
  mkdirSync(own, { recursive: true });
  const env = [`FLEET_DATA_DIR=${join(own, "data")}`, `FLEET_CONFIG=${join(own, "fleet.toml")}`];
  const conf = verb[0] === "enroll" ? ["--tunnel-conf", join(own, `wg-${machine.name}.conf`)] : [];
  return machine.run("env", ...env, BUN, join(ROOT, "spoke", "main.ts"), ...verb, ...conf);
}

/** As fleet-hub-wg.path: whenever the file is another one. */
async function watch(path: string, apply: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  let applied = "";
  while (!signal.aborted) {
    const text = readFileSync(path, "utf8");
    if (text !== applied) await apply();
    applied = text;
    await systemClock.sleep(LOOK_MS, signal);
  }
}

export async function until(
  holds: () => boolean | Promise<boolean>,
  claim: string,
  deadlineMs = READY_MS,
): Promise<void> {
  const end = systemClock.monotonic() + deadlineMs;
  while (!(await holds())) {
    if (systemClock.monotonic() > end) throw new Error(`not within ${deadlineMs} ms: ${claim}`);
    await systemClock.sleep(LOOK_MS);
  }
}
