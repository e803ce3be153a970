import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { newRigKey } from "../../src/base/api-key.ts";
import { runOrFault, type Commands } from "../../src/base/command.ts";
import type { Random } from "../../src/base/random.ts";
import { newWireguardKeys } from "../../src/base/wireguard.ts";
import { enrolRequest, requestLine } from "../../src/wire/enrol-request.ts";
import type { EnrolFile } from "../../src/wire/enrol-file.ts";
import { askHub, type Answered } from "./ask-hub.ts";
import { beginConfigEdit, beginFile, type EnrolContext } from "./config-file.ts";
import {
  beginTunnelSwitch,
  bootstrapConf,
  checkRigRoutes,
  lastingConf,
  TUNNEL_CONF,
  type FileTunnel,
} from "./tunnel.ts";

export interface FilePlan {
  readonly file: EnrolFile;
  readonly config: string;
  readonly confFile: string;
  readonly hubUrl: string;
  /** Whom to trust beside the usual authorities, in place of what the settings say. */
  readonly caFile?: string | undefined;
  /** Undefined for a rig that reaches the hub otherwise. */
  readonly tunnel: FileTunnel | undefined;
}

export interface EnrolledByFile {
  readonly rig_id: string;
  readonly hub_url: string;
  readonly config: string;
  /** In the tunnel. */
  readonly address: string | null;
  readonly version: string;
}

/** Beside the settings, for root alone: it never leaves the rig. */
export function keyFileOf({ config }: Pick<FilePlan, "config">): string {
  return join(dirname(config), "wireguard.key");
}

/**
 * Makes this machine the rig of the file: up with the file's key, asked with the machine's own, down and up again as the
 * rig. What was before is put back when the hub refuses; once it has agreed, nothing that it gave is lost.
 * Faults: `config`, and as the hub says.
 */
export async function enrolByFile(plan: FilePlan, context: EnrolContext, commands: Commands): Promise<EnrolledByFile> {
  const { file, config, confFile, hubUrl, tunnel } = plan;
  if (tunnel !== undefined) checkRigRoutes(tunnel, confFile, context);
  const edit = beginConfigEdit(config, context, plan.caFile);
  const asked = { code: file.code, rig_id: edit.rigId ?? file.rig_id };
  try {
    const { answer, settle } =
      tunnel === undefined
        ? { answer: await askHub(hubUrl, asked, edit.net), settle: undefined }
        : await askThroughTunnel({ ...plan, tunnel }, asked, { ...context, net: edit.net }, commands);
    const { rig_id, api_key, version } = answer;
    edit.commit({ hub_url: hubUrl, rig_id, api_key });
    await settle?.();
    return { rig_id, hub_url: hubUrl, config, address: tunnel?.address ?? null, version };
  } catch (error) {
    edit.abort();
    throw error;
  }
}

/** With the hub's answer comes what is left to do when it is written down. */
async function askThroughTunnel(
  plan: FilePlan & { readonly tunnel: FileTunnel },
  asked: { readonly code: string; readonly rig_id: string },
  context: EnrolContext,
  commands: Commands,
): Promise<{ answer: Answered; settle: () => Promise<void> }> {
  const { file, confFile, hubUrl, tunnel } = plan;
  const keyFile = keyFileOf(plan);
  const keys = newWireguardKeys();
  const key = beginFile(keyFile, context);
  const device = await beginTunnelSwitch(confFile, context, commands);
  try {
    await device.use(bootstrapConf(file.rig_id, tunnel));
    const answer = await askHub(hubUrl, { ...asked, public_key: keys.public_key }, context.net);
    key.commit(`${keys.private_key}\n`);
    const settle = async (): Promise<void> => {
      await device.use(lastingConf(file.rig_id, tunnel, keyFile));
      await upAtBoot(confFile, commands);
    };
    return { answer, settle };
  } catch (error) {
    key.abort();
    await device.restore();
    throw error;
  }
}

/**
 * For a rig that cannot reach the hub yet: everything is put in its place, and the line that it returns makes the hub
 * know it. The tunnel is left down. Faults: `config`.
 */
export function enrolOffline(plan: FilePlan, context: EnrolContext, random: Random): string {
  const { file, config, confFile, hubUrl, tunnel } = plan;
  if (tunnel !== undefined) checkRigRoutes(tunnel, confFile, context);
  const edit = beginConfigEdit(config, context, plan.caFile);
  const api_key = newRigKey(random);
  let public_key = "";
  if (tunnel !== undefined) {
    const keys = newWireguardKeys();
    public_key = keys.public_key;
    beginFile(keyFileOf(plan), context).commit(`${keys.private_key}\n`);
    beginFile(confFile, context).commit(lastingConf(file.rig_id, tunnel, keyFileOf(plan)));
  }
  edit.commit({ hub_url: hubUrl, rig_id: file.rig_id, api_key });
  return requestLine(enrolRequest(file.code, { rig_id: file.rig_id, public_key, api_key }));
}

/** What `enrolByFile` would do, a line each. */
export function planLines(plan: FilePlan): string[] {
  const { file, config, confFile, hubUrl, tunnel } = plan;
  const ask = `POST  ${hubUrl}: the code of ${file.rig_id}`;
  if (tunnel === undefined) return [ask, `write ${config} 0600`];
  return [
    `write ${confFile} 0600 with the file's key, ${tunnel.bootstrap.address}`,
    `run   wg-quick up ${confFile}`,
    `${ask} and this machine's new public key`,
    `write ${keyFileOf(plan)} 0600`,
    `run   wg-quick down ${confFile}`,
    `write ${confFile} 0600, ${tunnel.address}`,
    `run   wg-quick up ${confFile}`,
    `write ${config} 0600`,
  ];
}

async function upAtBoot(confFile: string, commands: Commands): Promise<void> {
  // wg-quick's unit knows this folder only; and where systemd does not run, somebody else starts things.
  if (dirname(confFile) !== dirname(TUNNEL_CONF) || !existsSync("/run/systemd/system")) return;
  await runOrFault(commands, ["systemctl", "enable", `wg-quick@${basename(confFile, ".conf")}`]);
}
