import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runOrFault, systemCommands } from "../../base/command.ts";
import { Fault } from "../../base/fault.ts";
import { MIB } from "../../base/limits.ts";
import { readSmallFile, writeSmallFile } from "../../base/small-file.ts";
import type { Call, Verb } from "../../base/verbs.ts";
import { readTunnelPeers } from "../../wire/tunnel-peers.ts";
import type { Cli } from "../environment.ts";
import * as flags from "./flags.ts";
import { gatewaySteps, LIST_FIREWALL, peerSigns, type GatewayForm, type Step } from "./gateway.ts";
import { readKeyFile } from "./key-file.ts";

const PEERS_FILE_MAX = 16 * MIB;
const STATE_FILE_MAX = 16 * MIB;

export const wgApplyVerb: Verb<Cli> = {
  name: "wg apply",
  summary: "let in who the hub's file names, and nobody else; as root, by fleet-hub-wg.service",
  details:
    "Reads the peers that the hub wrote and this gateway's key, and no database. Brings up the interface, the firewall's\n" +
    "own table and the peers, changes what differs while traffic flows, and tells the hub the ages of handshakes.",
  flags: [
    { name: "peers", value: "FILE", doc: `as the hub wrote it (${flags.PEERS_FILE})` },
    { name: "state-dir", value: "DIR", doc: `for what is applied (${flags.STATE_DIR})` },
    { name: "port", value: "PORT", doc: "UDP, from outside (51820)" },
    flags.hubPortFlag,
    flags.keyFlag,
    flags.interfaceFlag,
    flags.dryRunFlag,
    flags.jsonFlag,
  ],
  examples: ["fleet-hub wg apply --dry-run"],
  run: async (call, cli) => {
    const peersFile = flags.text(call, "peers") ?? flags.PEERS_FILE;
    const bytes = readSmallFile(peersFile, PEERS_FILE_MAX);
    if (bytes === undefined) {
      cli.print(
        `${peersFile} is not there yet: the hub writes it when FLEET_WG_PEERS_FILE names it and there is a tunnel`,
      );
      return 0;
    }
    const peers = readTunnelPeers(bytes);
    const form = gatewayForm(call);
    const steps = await gatewaySteps(peers, form, { commands: systemCommands, readText: stateText });
    if (call.flags["dry_run"] === true) {
      for (const step of steps) cli.print(stepText(step));
      return 0;
    }
    mkdirSync(form.stateDir, { recursive: true, mode: 0o755 });
    for (const step of steps) await take(step);
    await leaveTraces(form, peers.generation, cli.clock.now());
    const result = steps.length === 0 ? "unchanged" : "applied";
    const { generation } = peers;
    if (call.flags["json"] === true) cli.print(JSON.stringify({ result, generation, peers: peers.peers.length }));
    else cli.print(`generation ${generation}, ${peers.peers.length} peers: ${result}`);
    return 0;
  },
};

function gatewayForm(call: Call): GatewayForm {
  const keyFile = flags.text(call, "key") ?? flags.KEY_FILE;
  const privateKey = readKeyFile(keyFile);
  if (privateKey === undefined) throw new Fault("config", `${keyFile} is not there`, "run fleet-hub wg key");
  return {
    interface: flags.interfaceName(call),
    port: flags.tunnelPort(call),
    hubPort: flags.hubPort(call),
    stateDir: flags.text(call, "state_dir") ?? flags.STATE_DIR,
    privateKey,
  };
}

async function take(step: Step): Promise<void> {
  if (step.kind === "file") writeSmallFile(step.path, step.text, step.mode);
  else await runOrFault(systemCommands, step.words);
}

/** What was applied, to see later what somebody changed by hand; and for the hub, which may not ask the tunnel itself. */
async function leaveTraces(
  { interface: device, stateDir }: GatewayForm,
  generation: number,
  nowMs: number,
): Promise<void> {
  writeSmallFile(join(stateDir, "firewall.listed"), await runOrFault(systemCommands, LIST_FIREWALL), 0o644);
  const signs = await peerSigns(systemCommands, device, nowMs);
  const told = { fleet: 1, generation, at: new Date(nowMs).toISOString(), ...signs };
  writeSmallFile(join(stateDir, "handshakes.json"), `${JSON.stringify(told)}\n`, 0o644);
}

function stateText(path: string): string | undefined {
  const bytes = readSmallFile(path, STATE_FILE_MAX);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

function stepText(step: Step): string {
  if (step.kind === "command") return `run   ${step.words.join(" ")}`;
  const what = step.secret ? "with this gateway's key" : `${step.text.length} bytes`;
  return `write ${step.path} 0${step.mode.toString(8)} ${what}`;
}
