import { Fault } from "../base/fault.ts";
import type { Call, Verb } from "../base/verbs.ts";
import { hubSettings, type Cli, type OpenHub } from "./environment.ts";
import { askToRun, type RanVerb } from "./local-door.ts";

/**
 * Only one process can have the embedded database open. So where a hub runs on it, the hub runs the verb, and this
 * process prints what it said: nobody has to stop the hub to enrol a rig.
 */
export function lent(verb: Verb<Cli>): Verb<Cli> {
  return {
    ...verb,
    run: async (call, cli) => {
      const ran = await runAtHub(verb.name, call, cli);
      if (ran === undefined) return verb.run(call, cli);
      for (const line of ran.lines) cli.print(line);
      return ran.code;
    },
  };
}

/** Undefined when there is no such hub, or this is it. Faults: as the verb. */
export async function runAtHub(name: string, call: Call, cli: Cli): Promise<RanVerb | undefined> {
  if (cli.hub !== undefined) return undefined;
  const { database_url, data_dir } = hubSettings(call, cli);
  // A server would take this process's user for the role, and the hub's is another.
  return database_url === undefined || cli.installed === true ? askToRun(data_dir, name, call) : undefined;
}

/** What the running hub does for who comes by its door; undefined for a verb that it does not lend itself to. */
export function runnerOf(verbs: readonly Verb<Cli>[], cli: Cli, hub: OpenHub) {
  return async (name: string, call: Call): Promise<RanVerb | undefined> => {
    const verb = verbs.find((known) => known.name === name);
    if (verb === undefined) return undefined;
    checkPool(call, hub);
    const lines: string[] = [];
    const code = await verb.run(call, { ...cli, hub, print: (line) => void lines.push(line) });
    return { code, lines };
  };
}

function checkPool({ flags }: Call, { context }: OpenHub): void {
  const [asked, own] = [flags["wg_pool"], context.settings.wg_pool];
  if (asked === undefined || asked === own) return;
  throw new Fault("config", `the running hub's pool is ${own}`, "leave --wg-pool out, or set FLEET_WG_POOL of the hub");
}
