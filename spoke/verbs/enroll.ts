import { Fault } from "../../src/base/fault.ts";
import { isRecord, parseJson } from "../../src/base/json.ts";
import { SMALL_BODY_MAX } from "../../src/base/limits.ts";
import type { NetReply } from "../../src/base/net.ts";
import { FLEET_API } from "../../src/wire/protocol.ts";
import { withSettings } from "../settings-edit.ts";
import { tomlSource } from "../settings-file.ts";
import { spokeSettingTable } from "../settings.ts";
import { CONFIG_FLAG, DEFAULT_CONFIG, textFlag, type SpokeVerb, type VerbContext } from "./context.ts";

const DEADLINE_MS = 60_000;
const NOT_YET = { hub_url: "-", rig_id: "-", api_key: "-" };

export const enrollVerb: SpokeVerb = {
  name: "enroll",
  summary: "make this machine a rig, by the code of the admin's page",
  details:
    "Asks the hub for this rig's name and key and writes them into the settings, which keep everything else. The key is\n" +
    "neither printed nor given on the command line; the code is good once. Nothing is asked before the file can be written.",
  arguments: [{ name: "CODE", doc: "8 characters; case, spaces and dashes do not matter" }],
  flags: [{ name: "hub", value: "URL", doc: "the hub, like http://10.88.0.1:8080" }, CONFIG_FLAG],
  examples: ["fleet-spoke enroll --hub http://10.88.0.1:8080 7KQ2-M9XD"],
  async run({ args, flags }, context) {
    const hub_url = hubUrl(textFlag(flags, "hub"));
    const config = textFlag(flags, "config") ?? (context.environment["FLEET_CONFIG"] || DEFAULT_CONFIG);
    const text = configText(config, context);
    const rigId = knownRig(text, config);
    withSettings(text, NOT_YET);
    const file = writable(config, context);
    try {
      const { rig_id, api_key, version } = await ask(hub_url, args[0] ?? "", rigId, context);
      file.commit(withSettings(text, { hub_url, rig_id, api_key }));
      context.print(done({ hub_url, rig_id, version, config }, context));
      return 0;
    } catch (error) {
      file.abort();
      throw error;
    }
  },
};

function hubUrl(given: string | undefined): string {
  if (given === undefined) throw new Fault("usage", "--hub is missing", "add --hub http://10.88.0.1:8080");
  try {
    return spokeSettingTable.hub_url.parse(given);
  } catch (error) {
    throw new Fault("usage", `--hub ${(error as Error).message}`, "give it as the admin's page shows it");
  }
}

/** Empty for a file that is not there yet. */
function configText(config: string, { readText }: VerbContext): string {
  try {
    return readText(config);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ENOENT") return "";
    throw new Fault("config", `${config} cannot be read (${String(code)})`, "run this as its owner");
  }
}

function writable(config: string, { beginReplacement }: VerbContext) {
  try {
    return beginReplacement(config);
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    throw new Fault("config", `${config} cannot be written (${code})`, "run this as its owner, or name --config FILE");
  }
}

/** Who this machine says it is; undefined when nobody told it. Faults: `config`, when the file is wrong already. */
function knownRig(text: string, config: string): string | undefined {
  const raw = tomlSource(text, config).get("rig_id", spokeSettingTable.rig_id)?.raw;
  return typeof raw === "string" && raw !== "" ? raw : undefined;
}

async function ask(hubUrlGiven: string, code: string, rig_id: string | undefined, { net }: VerbContext) {
  const body = new TextEncoder().encode(JSON.stringify({ code, ...(rig_id === undefined ? {} : { rig_id }) }));
  const reply = await net.send(
    {
      method: "POST",
      url: `${hubUrlGiven}${FLEET_API}/enroll`,
      headers: { "Content-Type": "application/json", "Accept-Encoding": "identity" },
      body,
      maxReplyBytes: SMALL_BODY_MAX,
    },
    DEADLINE_MS,
  );
  const json = jsonOf(reply);
  if (reply.status !== 201) throw refused(reply.status, json);
  const { api_key, rig_id: name, hub } = json;
  try {
    return {
      rig_id: spokeSettingTable.rig_id.parse(name),
      api_key: spokeSettingTable.api_key.parse(api_key),
      version: isRecord(hub) ? String(hub["version"]) : "unknown",
    };
  } catch {
    throw new Fault("invalid_json", "the hub's reply names no rig and key", "is --hub the hub's own address?");
  }
}

function jsonOf({ body }: NetReply): Record<string, unknown> {
  try {
    const json = parseJson(body);
    return isRecord(json) ? json : {};
  } catch (error) {
    if (error instanceof Fault) return {};
    throw error;
  }
}

function refused(status: number, { error }: Record<string, unknown>): Fault {
  if (typeof error === "string") return new Fault("invalid_request", `the hub says: ${error}`);
  return new Fault("invalid_request", `the hub answered ${status}`, "is --hub the hub's own address?");
}

interface Enrolled {
  readonly hub_url: string;
  readonly rig_id: string;
  readonly version: string;
  readonly config: string;
}

function done({ hub_url, rig_id, version, config }: Enrolled, { environment }: VerbContext): string {
  const { hub_url: hub, rig_id: rig, api_key: key } = spokeSettingTable;
  const stronger = [hub, rig, key].flatMap(({ env }) => env.filter((name) => (environment[name] ?? "") !== ""));
  return [
    `rig ${rig_id} is enrolled at ${hub_url} (hub ${version})`,
    `${config} holds hub_url, rig_id and the key now, for its owner alone`,
    ...stronger.map((name) => `${name} of the environment is stronger than the file: take it away`),
    `next: fleet-spoke run --config ${config}, or restart its service; then fleet-spoke status`,
  ].join("\n");
}
