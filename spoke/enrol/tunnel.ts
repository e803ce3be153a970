import { basename } from "node:path";
import { runOrFault, type Commands } from "../../src/base/command.ts";
import { Fault } from "../../src/base/fault.ts";
import { isWithin, networkText, readIpv4, readRoutes } from "../../src/base/ipv4.ts";
import { INTERFACE_NAME, rigConf, type RigKey } from "../../src/base/wireguard.ts";
import type { EnrolFile } from "../../src/wire/enrol-file.ts";
import { beginFile, textOrEmpty, type EnrolContext } from "./config-file.ts";

export const TUNNEL_CONF = "/etc/wireguard/fleet0.conf";
const ROUTES = "/proc/net/route";

export type FileTunnel = NonNullable<EnrolFile["tunnel"]>;

/** The rig's end for good: its own address, its own key. */
export function lastingConf(rig_id: string, { address, gateways, keepalive_s }: FileTunnel, keyFile: string): string {
  return rigConf({ rig_id, address, gateways, keepalive_s }, { key_file: keyFile });
}

/** The one that may ask to be enrolled, with the file's key. */
export function bootstrapConf(rig_id: string, { bootstrap, gateways }: FileTunnel): string {
  const key: RigKey = { private_key: bootstrap.private_key };
  return rigConf({ rig_id, address: bootstrap.address, gateways, keepalive_s: 0 }, key);
}

/** Faults: `usage`. */
export function checkConfPath(path: string): void {
  if (path.endsWith(".conf") && INTERFACE_NAME.test(basename(path, ".conf"))) return;
  throw new Fault("usage", `--tunnel-conf ${path} does not name an interface`, `give one like ${TUNNEL_CONF}`);
}

/** Faults: `config`, when a network of the rig already has a gateway's address. */
export function checkRigRoutes({ gateways }: FileTunnel, confFile: string, context: EnrolContext): void {
  const own = basename(confFile, ".conf");
  for (const { device, network } of readRoutes(textOrEmpty(ROUTES, context))) {
    const hidden = gateways.find(({ address }) => isWithin(network, readIpv4(address) ?? -1));
    if (hidden === undefined || device === own) continue;
    throw new Fault(
      "config",
      `${hidden.address} of the tunnel lies in ${networkText(network)}, which ${device} leads to`,
      "the fleet needs another pool, see FLEET_WG_POOL of the hub",
    );
  }
}

/** The machine's interface while it is enrolled: what was before comes back unless it is kept. */
export interface TunnelSwitch {
  /** Brings up what this text says, in place of what was. */
  use(conf: string): Promise<void>;
  restore(): Promise<void>;
}

export async function beginTunnelSwitch(
  confFile: string,
  context: EnrolContext,
  commands: Commands,
): Promise<TunnelSwitch> {
  const before = textOrEmpty(confFile, context);
  const wasUp = await isUp(commands, confFile);
  const down = async (): Promise<void> => {
    if (await isUp(commands, confFile)) await runOrFault(commands, ["wg-quick", "down", confFile]);
  };
  const write = (text: string): void => beginFile(confFile, context).commit(text);
  return {
    async use(conf) {
      // By the text that brought it up: it says what is to be taken down.
      await down();
      write(conf);
      await runOrFault(commands, ["wg-quick", "up", confFile]);
    },
    async restore() {
      await down();
      write(before);
      if (wasUp) await runOrFault(commands, ["wg-quick", "up", confFile]);
    },
  };
}

async function isUp(commands: Commands, confFile: string): Promise<boolean> {
  return (await commands.run(["wg", "show", basename(confFile, ".conf")])).code === 0;
}
