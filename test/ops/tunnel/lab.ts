import { copyFileSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runOrFault, systemCommands } from "../../../src/base/command.ts";
import { debianTool } from "../../support/debian-tool.ts";

/** Pinned, so that two runs test the same; the kernel's own is used where it has one. */
const WIREGUARD_GO = "golang.zx2c4.com/wireguard@v0.0.0-20260522210424-ecfc5a8d5446";
const TOOLS = join(homedir(), ".cache", "fleet-hub-tools");
const PROGRAMS = { wg: "wireguard-tools", nft: "nftables", ip: "iproute2", curl: "curl" } as const;

/** One machine of the lab: a network namespace. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  /** What it printed. Faults as `runOrFault`. */
  run(...words: readonly string[]): Promise<string>;
  /** The status, 0 for no answer within the seconds. */
  status(url: string, options?: { key?: string; from?: string; seconds?: number; post?: string }): Promise<number>;
  /** In the background; ends with the lab. */
  start(words: readonly string[], env?: Readonly<Record<string, string>>): Bun.Subprocess<"ignore", "pipe", "pipe">;
}

export interface Lab {
  machine(name: string): Machine;
  close(): Promise<void>;
}

/** Why the lab cannot be built here; undefined when it can. Installs what is missing where it may. */
export async function labProblem(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "network namespaces need root";
  const missing = Object.entries(PROGRAMS).filter(([program]) => Bun.which(program) === null);
  if (missing.length > 0) await install(missing.map(([, name]) => name));
  const still = Object.keys(PROGRAMS).filter((program) => Bun.which(program) === null);
  if (still.length > 0) return `${still.join(", ")} cannot be installed`;
  return (await wireguardThere()) ? undefined : "neither the kernel nor the Go toolchain gives WireGuard";
}

async function install(names: readonly string[]): Promise<void> {
  await systemCommands.run(["apt-get", "update", "-qq"]);
  await systemCommands.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...names]);
}

/** Where the kernel has no WireGuard; wg-quick finds it by itself. */
export function wireguardGo(): string | undefined {
  const path = join(TOOLS, "wireguard-go");
  return existsSync(path) ? path : undefined;
}

async function wireguardThere(): Promise<boolean> {
  const probe = await systemCommands.run(["ip", "link", "add", "fleet-probe", "type", "wireguard"]);
  if (probe.code === 0) await systemCommands.run(["ip", "link", "delete", "fleet-probe"]);
  if (probe.code === 0 || wireguardGo() !== undefined) return true;
  mkdirSync(TOOLS, { recursive: true });
  return (await builtByGo()) || ofDistribution();
}

async function builtByGo(): Promise<boolean> {
  if (Bun.which("go") === null) return false;
  const built = await systemCommands.run(["env", `GOBIN=${TOOLS}`, "go", "install", WIREGUARD_GO]);
  if (built.code === 0) renameSync(join(TOOLS, "wireguard"), join(TOOLS, "wireguard-go"));
  return built.code === 0;
}

function ofDistribution(): boolean {
  const path = debianTool("wireguard-go", "wireguard-go");
  if (path !== undefined) copyFileSync(path, join(TOOLS, "wireguard-go"));
  return path !== undefined;
}

/** Machines at one switch, which is the public network: 192.0.2.0/24. */
export async function openLab(addresses: Readonly<Record<string, string>>): Promise<Lab> {
  const prefix = `fl${process.pid.toString(36)}`;
  const started: Bun.Subprocess[] = [];
  const machines = new Map<string, Machine>();
  const ip = (...words: readonly string[]) => runOrFault(systemCommands, ["ip", ...words]);
  const switchName = `${prefix}sw`;
  await ip("netns", "add", switchName);
  await ip("-n", switchName, "link", "add", "br0", "type", "bridge");
  await ip("-n", switchName, "link", "set", "br0", "up");
  for (const [name, address] of Object.entries(addresses)) {
    const space = `${prefix}${name}`;
    await ip("netns", "add", space);
    await ip("link", "add", "eth0", "netns", space, "type", "veth", "peer", "name", name, "netns", switchName);
    await ip("-n", switchName, "link", "set", name, "master", "br0", "up");
    await ip("-n", space, "link", "set", "lo", "up");
    await ip("-n", space, "address", "add", `${address}/24`, "dev", "eth0");
    await ip("-n", space, "link", "set", "eth0", "up");
    machines.set(name, machineOf(name, space, address, started));
  }
  return {
    machine(name) {
      const known = machines.get(name);
      if (known === undefined) throw new Error(`the lab has no machine ${name}`);
      return known;
    },
    async close() {
      for (const child of started) child.kill("SIGTERM");
      await Promise.all(started.map((child) => child.exited));
      for (const name of Object.keys(addresses)) await endAll(`${prefix}${name}`);
      for (const name of [...Object.keys(addresses), "sw"]) await ip("netns", "delete", `${prefix}${name}`);
    },
  };
}

/** Daemons that a machine's own programs left behind, like wireguard-go. */
async function endAll(space: string): Promise<void> {
  const pids = (await runOrFault(systemCommands, ["ip", "netns", "pids", space])).trim();
  for (const pid of pids.split("\n").filter((line) => line !== "")) process.kill(Number(pid), "SIGTERM");
}

function machineOf(name: string, space: string, address: string, started: Bun.Subprocess[]): Machine {
  const inside = (words: readonly string[]): string[] => [
    "ip",
    "netns",
    "exec",
    space,
    "env",
    `PATH=${TOOLS}:${process.env["PATH"] ?? ""}`,
    ...words,
  ];
  return {
    name,
    address,
    run: (...words) => runOrFault(systemCommands, inside(words)),
    async status(url, { key, from, seconds = 2, post } = {}) {
      const words = ["curl", "-s", "-m", `${seconds}`, "-o", "/dev/null", "-w", "%{http_code}"];
      if (key !== undefined) words.push("-H", `Authorization: Bearer ${key}`);
      if (from !== undefined) words.push("--interface", from);
      if (post !== undefined) words.push("-H", "Content-Type: application/json", "-d", post);
      const { stdout } = await systemCommands.run(inside([...words, url]));
      return Number(stdout);
    },
    start(words, env = {}) {
      const child = Bun.spawn(inside(words), {
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
        env: { ...process.env, ...env },
      });
      started.push(child);
      return child;
    },
  };
}
