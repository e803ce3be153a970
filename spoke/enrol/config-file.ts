import { Fault } from "../../src/base/fault.ts";
import type { Net } from "../../src/base/net.ts";
import { hubNet } from "../hub-net.ts";
import type { Replacement } from "../replace-file.ts";
import { withSettings } from "../settings-edit.ts";
import { tomlSource } from "../settings-file.ts";
import { spokeSettingTable } from "../settings.ts";
import type { VerbContext } from "../verbs/context.ts";

const NOT_YET = { hub_url: "-", rig_id: "-", api_key: "-" };

/** What enrolling touches of the machine. */
export type EnrolContext = Pick<VerbContext, "readText" | "beginReplacement" | "net">;

/** The settings' file as it will be: begun, so that nothing is spent when it cannot be written. */
export interface ConfigEdit {
  /** Who this machine says it is; undefined when nobody told it. */
  readonly rigId: string | undefined;
  /** The network as the settings trust it. */
  readonly net: Net;
  commit(values: { readonly hub_url: string; readonly rig_id: string; readonly api_key: string }): void;
  abort(): void;
}

/**
 * `caFile` is whom to trust in place of what the file says, and is written into it.
 * Faults: `config`, when the file is wrong already, or cannot be read or written; when the authority's file is none.
 */
export function beginConfigEdit(config: string, context: EnrolContext, caFile?: string): ConfigEdit {
  const text = textOrEmpty(config, context);
  const source = tomlSource(text, config);
  const raw = source.get("rig_id", spokeSettingTable.rig_id)?.raw;
  const trusted = caFile ?? source.get("hub_ca_file", spokeSettingTable.hub_ca_file)?.raw;
  const net = typeof trusted === "string" && trusted !== "" ? hubNet({ hub_ca_file: trusted }) : context.net;
  withSettings(text, NOT_YET);
  const file = beginFile(config, context);
  return {
    rigId: typeof raw === "string" && raw !== "" ? raw : undefined,
    net,
    commit: (values) =>
      file.commit(withSettings(text, caFile === undefined ? values : { ...values, hub_ca_file: caFile })),
    abort: () => file.abort(),
  };
}

/** Empty for a file that is not there yet. Faults: `config`. */
export function textOrEmpty(path: string, { readText }: EnrolContext): string {
  try {
    return readText(path);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ENOENT") return "";
    throw new Fault("config", `${path} cannot be read (${String(code)})`, "run this as its owner");
  }
}

/** Faults: `config`. */
export function beginFile(path: string, { beginReplacement }: EnrolContext): Replacement {
  try {
    return beginReplacement(path);
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    throw new Fault("config", `${path} cannot be written (${code})`, "run this as its owner, or name --config FILE");
  }
}
