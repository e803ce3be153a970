import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { say } from "../support/say.ts";
import { commandCount } from "./runbooks/blocks.ts";
import { labProblem, wireguardGo } from "./tunnel/lab.ts";
import { freshRoot } from "./units/fresh-root.ts";
import { bootMachine, missingExecutables, ROOT, type Machine } from "./units/machine.ts";

const LONG_MS = 600_000;
const TOOLS = join(homedir(), ".cache", "fleet-hub-tools");
const ADDRESSES = { hub: "192.0.2.1", "rig-7": "192.0.2.7", "rig-8": "192.0.2.8" } as const;
type Name = keyof typeof ADDRESSES;
const missing = missingExecutables();
if (missing !== undefined) throw new Error(missing);
const made = freshRoot("bookworm");
const problem = "problem" in made ? made.problem : await labProblem();
const machines = new Map<Name, Machine>();
if ("root" in made && problem === undefined) {
  for (const name of Object.keys(ADDRESSES) as Name[]) {
    const machine = await bootMachine([made.root, join(ROOT, "deploy"), join(ROOT, "dist"), TOOLS]);
    if (machine !== undefined) machines.set(name, machine);
  }
}
const ready = machines.size === Object.keys(ADDRESSES).length;
if (!ready) say(`SKIPPED, docs/operating.md is not tried: ${problem ?? "this machine lends no namespaces"}`);

const SWITCH = `fo${process.pid.toString(36)}`;
afterAll(async () => {
  for (const machine of machines.values()) await machine.stop();
  if (ready) Bun.spawnSync(["ip", "netns", "delete", SWITCH]);
});

function on(name: Name): Machine {
  const machine = machines.get(name);
  if (machine === undefined) throw new Error(`there is no ${name}`);
  return machine;
}

/** The three at one switch, which is the world outside; rigs know the hub by its name. */
function connect(): void {
  const ip = (...words: string[]): void => {
    const ran = Bun.spawnSync(["ip", ...words]);
    if (!ran.success) throw new Error(`ip ${words.join(" ")}: ${ran.stderr.toString()}`);
  };
  ip("netns", "add", SWITCH);
  ip("-n", SWITCH, "link", "add", "br0", "type", "bridge");
  ip("-n", SWITCH, "link", "set", "br0", "up");
  for (const [name, address] of Object.entries(ADDRESSES) as [Name, string][]) {
    ip("-n", SWITCH, "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", on(name).pid);
    ip("-n", SWITCH, "link", "set", name, "master", "br0", "up");
    on(name).ok(`ip address add ${address}/24 dev eth0; ip link set eth0 up
      echo '${ADDRESSES.hub} hub.example' >> /etc/hosts; echo ${name} > /etc/hostname; hostname ${name}`);
    if (wireguardGo() === undefined) continue;
    // Where the kernel has no WireGuard: on rigs wg-quick finds it, the hub's gateway finds its interface.
    on(name).ok(`mkdir -p /dev/net; mknod /dev/net/tun c 10 200; ln -s ${wireguardGo()} /usr/bin/wireguard-go`);
    if (name === "hub") on(name).ok("wireguard-go fleet0 > /dev/null 2>&1");
  }
}

interface Step {
  readonly line: number;
  readonly on: Name;
  readonly exit: number;
  readonly script: string;
}

const text = readFileSync(join(ROOT, "docs", "operating.md"), "utf8");
const steps = [...text.matchAll(/^```sh on=(\S+)(?: exit=(\d+))?\n([\s\S]*?)^```$/gm)].map((found): Step => ({
  line: text.slice(0, found.index).split("\n").length,
  on: found[1] as Name,
  exit: Number(found[2] ?? 0),
  script: found[3] ?? "",
}));

describe.skipIf(!ready)("docs/operating.md, from nothing to two rigs over a tunnel", () => {
  let [run, failed] = [0, 0];
  beforeAll(connect, LONG_MS);
  afterAll(() => say(`docs/operating.md: commands run ${run}, failed ${failed}`));

  for (const { line, on: name, exit, script } of steps) {
    test(
      `line ${line}, on ${name}: ${script.split("\n")[0]}`,
      () => {
        run += commandCount(script);
        const { code, out } = on(name).sh(`set -eu; cd ${ROOT}\n${script}`);
        if (code !== exit) failed += commandCount(script);
        expect(code === exit ? "" : `ended with ${code}: ${out}`).toBe("");
        // What the hub wrote for a rig is carried there by a person.
        if (!script.includes("rig enroll")) return;
        for (const rig of ["rig-7", "rig-8"] as const) {
          const file = on("hub").ok(`cat /root/${rig}.enroll`);
          on(rig).ok(`umask 077; printf '%s\\n' '${file}' > /root/${rig}.enroll`);
        }
      },
      LONG_MS,
    );
  }

  test(
    "afterwards: a link that swallows long packets is named on the rig, and found to be well again",
    () => {
      on("hub").ok(`nft add table inet short; nft add chain inet short in '{ type filter hook input priority -50; }'
        nft add rule inet short in udp dport 51820 meta length gt 1200 drop`);
      expect(on("rig-7").sh("fleet-spoke doctor").out).toContain(
        "FAIL MTU: short packets get through, long ones get lost",
      );
      on("hub").ok("nft delete table inet short");
      expect(on("rig-7").ok("fleet-spoke doctor")).toContain("ok   MTU: long packets get through");
    },
    LONG_MS,
  );
});
