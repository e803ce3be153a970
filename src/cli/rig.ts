import { Fault } from "../base/fault.ts";
import type { Argument, Call, Verb } from "../base/verbs.ts";
import { migrate } from "../db/migrate.ts";
import type { HubContext } from "../domain/context.ts";
import { purgeRig } from "../domain/purge.ts";
import { rotateRigKey } from "../domain/rig-keys.ts";
import { getRig, listRigs, registerRig, revokeRig } from "../domain/rigs.ts";
import type { RigView } from "../domain/rig-view.ts";
import { cliActor, databaseFlags, withHub, type Cli } from "./environment.ts";
import { lent } from "./lent.ts";

const rigArgument: Argument = { name: "RIG", doc: "the rig's id, like RIG-7" };
const jsonFlag = { name: "json", doc: "print JSON" };

const verbs: readonly Verb<Cli>[] = [
  {
    name: "rig register",
    summary: "enrol a rig and print its key, the only time it is seen",
    arguments: [rigArgument],
    flags: [
      { name: "well", value: "WELL", doc: "its well" },
      { name: "field", value: "FIELD", doc: "its field or asset" },
      { name: "time-zone", value: "ZONE", doc: "the crew's clock, like America/Chicago (UTC)" },
      jsonFlag,
      ...databaseFlags,
    ],
    examples: ['fleet-hub rig register RIG-7 --well "WOLFCAMP 24H" --field "Permian Basin"'],
    run: withRigs(async (context, call, print) => {
      const rig = { rig_id: rigId(call), well_id: needed(call, "well"), field: needed(call, "field") };
      const { api_key } = await registerRig(context, { ...rig, time_zone: optional(call, "time_zone") }, cliActor);
      print(
        call.flags["json"] === true
          ? JSON.stringify({ ...rig, api_key })
          : `rig ${rig.rig_id} is registered\nkey, shown this once: ${api_key}`,
      );
    }),
  },
  {
    name: "rig list",
    summary: "all rigs with their state",
    flags: [jsonFlag, ...databaseFlags],
    run: withRigs(async (context, call, print) => {
      const rigs = await listRigs(context);
      if (call.flags["json"] === true) print(JSON.stringify(rigs));
      else if (rigs.length === 0) print("no rigs yet: fleet-hub rig register RIG --well WELL --field FIELD");
      else for (const rig of rigs) print(rigLine(rig));
    }),
  },
  {
    name: "rig show",
    summary: "everything the hub knows of one rig",
    arguments: [rigArgument],
    flags: databaseFlags,
    run: withRigs(async (context, call, print) => print(JSON.stringify(await getRig(context, rigId(call)), null, 2))),
  },
  {
    name: "rig rotate-key",
    summary: "give a rig a new key; the old one stays good for a while",
    arguments: [rigArgument],
    flags: [jsonFlag, ...databaseFlags],
    run: withRigs(async (context, call, print) => {
      const rotated = await rotateRigKey(context, rigId(call), cliActor);
      if (call.flags["json"] === true) return print(JSON.stringify(rotated));
      print(`new key, shown this once: ${rotated.api_key}`);
      print(
        rotated.previous_key_until === null
          ? "the old key ended now"
          : `the old key is good until ${rotated.previous_key_until}`,
      );
    }),
  },
  {
    name: "rig revoke",
    summary: "shut a rig out at once; what it told stays",
    arguments: [rigArgument],
    flags: [{ name: "reason", value: "TEXT", doc: "why; kept with the rig and in the audit" }, ...databaseFlags],
    run: withRigs(async (context, call, print) => {
      const { rig_id, revoked_at } = await revokeRig(context, rigId(call), cliActor, {
        reason: optional(call, "reason"),
      });
      print(`rig ${rig_id} is out since ${revoked_at}`);
    }),
  },
  {
    name: "rig purge",
    summary: "delete a revoked rig's events and episodes, here and on every rig",
    arguments: [rigArgument],
    flags: [{ name: "yes", doc: "it cannot be undone: say so" }, ...databaseFlags],
    run: withRigs(async (context, call, print) => {
      if (call.flags["yes"] !== true) throw new Fault("usage", "purging cannot be undone", "add --yes");
      print(JSON.stringify(await purgeRig(context, rigId(call), cliActor)));
    }),
  },
];

export const rigVerbs: readonly Verb<Cli>[] = verbs.map(lent);

type RigDeed = (context: HubContext, call: Call, print: (line: string) => void) => Promise<void>;

function withRigs(deed: RigDeed): Verb<Cli>["run"] {
  return (call, cli) =>
    withHub(call, cli, async ({ context, database }) => {
      await migrate(database);
      await deed(context, call, cli.print);
      return 0;
    });
}

function rigId(call: Call): string {
  return call.args[0] ?? "";
}

function needed(call: Call, flag: string): string {
  const value = call.flags[flag];
  if (typeof value === "string") return value;
  throw new Fault("usage", `--${flag} is missing`, `add --${flag} ${flag.toUpperCase()}`);
}

function optional(call: Call, flag: string): string | undefined {
  const value = call.flags[flag];
  return typeof value === "string" ? value : undefined;
}

function rigLine({ rig_id, status, well_id, field, last_seen, event_count }: RigView): string {
  return [rig_id, status, well_id, field, last_seen ?? "never seen", `${event_count} events`].join("\t");
}
