import type { Verb } from "../base/verbs.ts";
import { audit } from "../domain/audit.ts";
import { createCurator } from "../domain/curation/curator.ts";
import { cliActor, databaseFlags, withHub, type Cli } from "./environment.ts";
import { lent } from "./lent.ts";

export const curateVerb: Verb<Cli> = lent({
  name: "curate",
  summary: "run curation once: new events, ageing, pruning",
  details: "A running hub does so by itself, seconds after each arrival and on its schedule.",
  flags: databaseFlags,
  examples: ["fleet-hub curate"],
  run: (call, cli) =>
    withHub(call, cli, async ({ context }) => {
      await audit(context, cliActor, "curation.run", null);
      const run = await createCurator(context).run("request");
      cli.print(JSON.stringify(run, null, 2));
      return run.error === null ? 0 : 1;
    }),
});
