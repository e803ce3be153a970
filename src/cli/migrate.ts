import type { Verb } from "../base/verbs.ts";
import { migrate, pendingMigrations } from "../db/migrate.ts";
import { databaseFlags, withHub, type Cli } from "./environment.ts";

export const migrateVerb: Verb<Cli> = {
  name: "migrate",
  summary: "bring the database to this version's schema",
  details: "serve does so by itself. Two hubs may migrate at once: one waits for the other.",
  flags: [...databaseFlags, { name: "plan", doc: "only say what would be applied" }],
  examples: ["fleet-hub migrate --plan", "fleet-hub migrate --database-url postgres://fleet@db/fleet"],
  run: (call, cli) =>
    withHub(call, cli, async ({ database }) => {
      const plan = call.flags["plan"] === true;
      const names = plan ? await pendingMigrations(database) : (await migrate(database)).applied;
      if (names.length === 0) cli.print("the schema is current");
      else cli.print(`${plan ? "would apply" : "applied"}: ${names.join(", ")}`);
      return 0;
    }),
};
