import { hostname } from "node:os";
import { Fault } from "../../base/fault.ts";
import { readRoutes } from "../../base/ipv4.ts";
import { readSmallFile } from "../../base/small-file.ts";
import { readPool } from "../../base/tunnel-pool.ts";
import type { Verb } from "../../base/verbs.ts";
import { WIREGUARD_KEY } from "../../base/wireguard.ts";
import { migrate } from "../../db/migrate.ts";
import { checkRoutes, setGateway } from "../../domain/tunnel/gateways.ts";
import { exportRig, tunnelOverview, type TunnelOverview } from "../../domain/tunnel/overview.ts";
import { cliActor, databaseFlags, hubSettings, settingFlags, withHub, type Cli } from "../environment.ts";
import { lent, runAtHub } from "../lent.ts";
import * as flags from "./flags.ts";
import { ensureKeyFile, readKeyFile } from "./key-file.ts";
import { wgApplyVerb } from "./wg-apply.ts";

const ROUTES_MAX = 1_048_576;

const keyVerb: Verb<Cli> = {
  name: "wg key",
  summary: "make this gateway's key, where there is none, and print its public half",
  details:
    "The private half stays in the file, for its owner alone; nothing else is touched, and no database is needed.",
  flags: [flags.keyFlag],
  examples: ["fleet-hub wg key"],
  run: async (call, cli) => {
    cli.print(ensureKeyFile(flags.text(call, "key") ?? flags.KEY_FILE).public_key);
    return 0;
  },
};

const initVerb: Verb<Cli> = {
  name: "wg init",
  summary: "begin the tunnel, or make this machine one more gateway of it",
  details:
    "Refuses a pool that would hide a network of this machine. The key is made here and its public half alone goes into\n" +
    "the database; with --public-key no file is touched, for a user who may not read the key. Called again it says what changed.",
  flags: [
    { name: "endpoint", value: "HOST:PORT", doc: "as rigs reach this machine from outside: hub.example:51820" },
    { name: "name", value: "NAME", doc: "of this gateway; machines that share a key share it (the host's)" },
    { name: "public-key", value: "KEY", doc: "as fleet-hub wg key printed it" },
    flags.keyFlag,
    flags.interfaceFlag,
    flags.dryRunFlag,
    flags.jsonFlag,
    ...settingFlags("wg_pool"),
    ...databaseFlags,
  ],
  examples: ["fleet-hub wg init --endpoint hub.example:51820"],
  run: async (call, cli) => {
    const endpoint = flags.needed(call, "endpoint");
    const name = flags.text(call, "name") ?? hostname();
    const { wg_pool } = hubSettings(call, cli);
    const routes = readSmallFile("/proc/net/route", ROUTES_MAX) ?? new Uint8Array();
    checkRoutes(readPool(wg_pool), readRoutes(Buffer.from(routes).toString()), flags.interfaceName(call));
    const keyFile = flags.text(call, "key") ?? flags.KEY_FILE;
    const given = flags.text(call, "public_key");
    if (given !== undefined && !WIREGUARD_KEY.test(given)) throw new Fault("usage", "--public-key is no WireGuard key");
    if (call.flags["dry_run"] === true) {
      if (given === undefined && readKeyFile(keyFile) === undefined) cli.print(`write ${keyFile} 0600: a new key`);
      cli.print(`database: gateway ${name} at ${endpoint}, pool ${wg_pool}`);
      return 0;
    }
    const public_key = given ?? ensureKeyFile(keyFile).public_key;
    // The hub that runs need not read the key, and may not.
    const ran = await runAtHub("wg init", { ...call, flags: { ...call.flags, name, public_key } }, cli);
    for (const line of ran?.lines ?? []) cli.print(line);
    if (ran !== undefined) return ran.code;
    return withHub(call, cli, async ({ context, database }) => {
      await migrate(database);
      const { gateway, result } = await setGateway(context, { name, endpoint, public_key }, cliActor);
      if (call.flags["json"] === true) cli.print(JSON.stringify({ ...gateway, result }));
      else cli.print(`gateway ${name} ${result}: ${gateway.address}, ${endpoint}, key ${public_key}`);
      return 0;
    });
  },
};

const showVerb: Verb<Cli> = {
  name: "wg show",
  summary: "the tunnel: its pool, gateways and rigs",
  flags: [flags.jsonFlag, ...databaseFlags],
  run: (call, cli) =>
    withHub(call, cli, async ({ context, database }) => {
      await migrate(database);
      const overview = await tunnelOverview(context);
      cli.print(call.flags["json"] === true ? JSON.stringify(overview) : overviewText(overview));
      return 0;
    }),
};

const exportVerb: Verb<Cli> = {
  name: "wg export",
  summary: "a rig's end of the tunnel as wg-quick reads it, without a secret",
  details:
    "For the rig's /etc/wireguard, when a gateway has moved or has a new key. The rig's own key stays where it is.",
  arguments: [{ name: "RIG", doc: "the rig's id, like RIG-7" }],
  flags: [
    { name: "key-file", value: "FILE", doc: `on the rig (${flags.RIG_KEY_FILE})` },
    flags.keepaliveFlag,
    ...databaseFlags,
  ],
  examples: ["fleet-hub wg export RIG-7 > fleet0.conf"],
  run: (call, cli) =>
    withHub(call, cli, async ({ context, database }) => {
      await migrate(database);
      const keyFile = flags.text(call, "key_file") ?? flags.RIG_KEY_FILE;
      const conf = await exportRig(context, call.args[0] ?? "", { keyFile, keepaliveS: flags.keepaliveS(call) });
      cli.print(conf.trimEnd());
      return 0;
    }),
};

export const wgVerbs: readonly Verb<Cli>[] = [keyVerb, initVerb, wgApplyVerb, lent(showVerb), lent(exportVerb)];

function overviewText({ pool, generation, gateways, peers }: TunnelOverview): string {
  return [
    `pool ${pool}, generation ${generation}`,
    ...gateways.map(({ name, address, endpoint }) => ["gateway", name, address, endpoint].join("\t")),
    ...peers.map(({ rig_id, address, state, changed_at }) => ["rig", rig_id, address, state, changed_at].join("\t")),
  ].join("\n");
}
