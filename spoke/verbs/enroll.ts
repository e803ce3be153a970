import { resolve } from "node:path";
import { systemCommands } from "../../src/base/command.ts";
import { readEnrolmentCode } from "../../src/base/enrolment-code.ts";
import { Fault } from "../../src/base/fault.ts";
import { systemRandom } from "../../src/base/random.ts";
import type { Call } from "../../src/base/verbs.ts";
import { readEnrolFile } from "../../src/wire/enrol-file.ts";
import { askHub } from "../enrol/ask-hub.ts";
import { enrolByFile, enrolOffline, keyFileOf, planLines, type FilePlan } from "../enrol/by-file.ts";
import { beginConfigEdit } from "../enrol/config-file.ts";
import { firstPull } from "../enrol/first-pull.ts";
import { checkConfPath, TUNNEL_CONF } from "../enrol/tunnel.ts";
import { spokeSettingTable } from "../settings.ts";
import { CONFIG_FLAG, DEFAULT_CONFIG, JSON_FLAG, textFlag, type SpokeVerb, type VerbContext } from "./context.ts";

export const enrollVerb: SpokeVerb = {
  name: "enroll",
  summary: "make this machine a rig, by the hub's file or the code of the admin's page",
  details:
    "Asks the hub for this rig's name and key and writes them into the settings, which keep everything else. The key is\n" +
    "neither printed nor given on the command line; file and code are good once. Nothing is asked before the settings can\n" +
    "be written. A file brings the tunnel too (as root): its key is made here and stays here.",
  arguments: [{ name: "FILE|CODE", doc: "what fleet-hub rig enroll wrote; or 8 characters, with --hub" }],
  flags: [
    { name: "hub", value: "URL", doc: "the hub, like http://10.88.0.1:8080; for a code, or a file without the tunnel" },
    {
      name: "hub-ca-file",
      value: "FILE",
      doc: "certificates (PEM) to trust for a hub with one of your own making; kept in the settings",
    },
    { name: "no-tunnel", doc: "use the file's code alone: this machine reaches the hub otherwise" },
    { name: "offline", doc: "no way to the hub yet: print a line for fleet-hub rig accept" },
    { name: "tunnel-conf", value: "FILE", doc: `where wg-quick reads it (${TUNNEL_CONF})` },
    CONFIG_FLAG,
    { name: "dry-run", doc: "print each file and command, change nothing" },
    JSON_FLAG,
  ],
  examples: ["fleet-spoke enroll rig-7.enroll", "fleet-spoke enroll --hub http://10.88.0.1:8080 7KQ2-M9XD"],
  run: (call, context) =>
    readEnrolmentCode(call.args[0] ?? "") === undefined ? byFile(call, context) : byCode(call, context),
};

async function byCode({ args, flags }: Call, context: VerbContext): Promise<number> {
  const hub_url = hubUrl(textFlag(flags, "hub"));
  const config = configPath(flags, context);
  const edit = beginConfigEdit(config, context, caFileOf(flags, context));
  try {
    const asked = { code: args[0] ?? "", rig_id: edit.rigId };
    const { rig_id, api_key, version } = await askHub(hub_url, asked, edit.net);
    edit.commit({ hub_url, rig_id, api_key });
    context.print(done({ hub_url, rig_id, version, config }, context));
    return 0;
  } catch (error) {
    edit.abort();
    throw error;
  }
}

async function byFile(call: Call, context: VerbContext): Promise<number> {
  const plan = await filePlan(call, context);
  const { flags } = call;
  if (flags["dry_run"] === true) return printed(planLines(plan).join("\n"), context);
  if (flags["offline"] === true) {
    const line = enrolOffline(plan, context, systemRandom);
    return printed(flags["json"] === true ? JSON.stringify({ request: line }) : offlineText(line, plan), context);
  }
  const enrolled = await enrolByFile(plan, context, systemCommands);
  if (flags["json"] !== true) context.print(done(enrolled, context));
  const library = await firstPull(plan.config, context);
  return printed(flags["json"] === true ? JSON.stringify({ ...enrolled, library }) : library, context);
}

async function filePlan({ args, flags }: Call, context: VerbContext): Promise<FilePlan> {
  const file = readEnrolFile(await fileBytes(args[0] ?? "", context));
  const confFile = textFlag(flags, "tunnel_conf") ?? TUNNEL_CONF;
  checkConfPath(confFile);
  const tunnel = flags["no_tunnel"] === true ? undefined : file.tunnel;
  const given = textFlag(flags, "hub");
  if (given !== undefined && tunnel !== undefined) {
    throw new Fault("usage", "--hub does not go with the file's tunnel", "add --no-tunnel, or leave --hub out");
  }
  // Of a file with a tunnel, the address is one inside it.
  const outside = file.tunnel === undefined ? (given ?? file.hub_url) : given;
  const url = tunnel === undefined ? hubUrl(outside) : file.hub_url;
  return { file, config: configPath(flags, context), confFile, hubUrl: url, caFile: caFileOf(flags, context), tunnel };
}

async function fileBytes(path: string, { readFile }: VerbContext): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    throw new Fault(
      "usage",
      `${path} is no code and cannot be read as a file (${String(code)})`,
      "give the file of fleet-hub rig enroll, or the 8 characters of the admin's page",
    );
  }
}

function configPath(flags: Call["flags"], { environment }: VerbContext): string {
  return textFlag(flags, "config") ?? (environment["FLEET_CONFIG"] || DEFAULT_CONFIG);
}

/** By its whole path: the service runs in another folder. */
function caFileOf(flags: Call["flags"], { environment }: VerbContext): string | undefined {
  const given = textFlag(flags, "hub_ca_file") ?? (environment["FLEET_HUB_CA_FILE"] || undefined);
  return given === undefined ? undefined : resolve(given);
}

function hubUrl(given: string | undefined): string {
  if (given === undefined) throw new Fault("usage", "--hub is missing", "add --hub http://10.88.0.1:8080");
  try {
    return spokeSettingTable.hub_url.parse(given);
  } catch (error) {
    throw new Fault("usage", `--hub ${(error as Error).message}`, "give it as the admin's page shows it");
  }
}

function printed(text: string, { print }: VerbContext): number {
  print(text);
  return 0;
}

interface Done {
  readonly hub_url: string;
  readonly rig_id: string;
  readonly version: string;
  readonly config: string;
  readonly address?: string | null;
}

function done({ hub_url, rig_id, version, config, address = null }: Done, { environment }: VerbContext): string {
  const { hub_url: hub, rig_id: rig, api_key: key } = spokeSettingTable;
  const stronger = [hub, rig, key].flatMap(({ env }) => env.filter((name) => (environment[name] ?? "") !== ""));
  return [
    `rig ${rig_id} is enrolled at ${hub_url} (hub ${version})`,
    ...(address === null
      ? []
      : [`the tunnel is up, this rig is ${address} in it; its key is in ${keyFileOf({ config })}`]),
    `${config} holds hub_url, rig_id and the key now, for its owner alone`,
    ...stronger.map((name) => `${name} of the environment is stronger than the file: take it away`),
    `next: fleet-spoke run --config ${config}, or restart its service; then fleet-spoke status`,
  ].join("\n");
}

function offlineText(line: string, { file, confFile, tunnel }: FilePlan): string {
  return [
    line,
    `on the hub: fleet-hub rig accept LINE, with all of the line above; it opens nothing but rig ${file.rig_id}`,
    ...(tunnel === undefined ? [] : [`then here: wg-quick up ${confFile}, or enable its unit`]),
    "then start the rig's service",
  ].join("\n");
}
