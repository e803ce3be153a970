import { expect, test } from "bun:test";
import { migrate, pendingMigrations } from "../../src/db/migrate.ts";
import { emptyDatabase, forEachEngine } from "../support/postgres.ts";

forEachEngine("migrations", (engine) => {
  test("an empty database gets them all, and a second run finds nothing to do", async () => {
    const empty = await emptyDatabase(engine);
    expect(await pendingMigrations(empty)).toEqual(["0001-first-schema"]);
    expect(await migrate(empty)).toEqual({ applied: ["0001-first-schema"] });
    expect(await pendingMigrations(empty)).toEqual([]);
    expect(await migrate(empty)).toEqual({ applied: [] });
    await empty.close();
  }, 30_000);
});
