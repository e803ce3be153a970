import type { Verb } from "../base/verbs.ts";
import { currentEpoch } from "../db/offers.ts";
import { startNewEpoch } from "../domain/epoch.ts";
import { cliActor, databaseFlags, withHub, type Cli } from "./environment.ts";
import { lent } from "./lent.ts";

const raiseVerb: Verb<Cli> = {
  name: "epoch raise",
  summary: "have every rig offer again what it has sent: after a failover that may have lost some",
  details: [
    "At its next poll each rig takes the library anew and offers what it still has, for 30 days unless its settings say",
    "otherwise; the hub asks for what it lacks. Events that are there are not sent, and none counts twice. A restore from",
    "a backup raises the epoch by itself.",
  ].join("\n"),
  flags: [
    { name: "reason", value: "TEXT", doc: "why; kept in the audit" },
    { name: "dry-run", doc: "only say what would be done" },
    { name: "json", doc: "print JSON" },
    ...databaseFlags,
  ],
  examples: ['fleet-hub epoch raise --reason "db2 was promoted"'],
  run: (call, cli) =>
    withHub(call, cli, async ({ context }) => {
      const json = call.flags["json"] === true;
      if (call.flags["dry_run"] === true) {
        const before = await currentEpoch(context.sql);
        cli.print(
          json ? JSON.stringify({ before }) : `would end epoch ${before}: rigs offer again what they have sent`,
        );
        return 0;
      }
      const { reason } = call.flags;
      const raised = await startNewEpoch(context, cliActor, typeof reason === "string" ? reason : undefined);
      cli.print(json ? JSON.stringify(raised) : `epoch ${raised.after}: rigs offer again what they have sent`);
      return 0;
    }),
};

export const epochVerbs: readonly Verb<Cli>[] = [lent(raiseVerb)];
