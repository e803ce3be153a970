import type { Verb } from "../base/verbs.ts";
import { audit } from "../domain/audit.ts";
import { createCurator } from "../domain/curation/curator.ts";
import { cliActor, databaseFlags, withHub, type Cli } from "./environment.ts";

export const curateVerb: Verb<Cli> = {
  name: "curate",
  summary: "run curation once: new events, ageing, pruning",
  details:
    "A running hub does so by itself, seconds after each arrival and on its schedule. With the embedded database, stop the hub first.",
  flags: databaseFlags,
  examples: ["fleet-hub curate"],
  run: (call, cli) =>
    withHub(call, cli, async ({ context }) => {
      await audit(context, cliActor, "curation.run", null);
      const run = await createCurator(context).run("request");
      cli.print(JSON.stringify(run, null, 2));
      return run.error === null ? 0 : 1;
    }),
};
