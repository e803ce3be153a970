import { afterAll, beforeAll } from "bun:test";
import type { Sql } from "postgres";
import { createLibrary, type Library } from "../../src/domain/library.ts";
import { testContext, type TestContext } from "./context.ts";
import { enrolRigs } from "./episode-rows.ts";
import { testDatabase, type Engine, type TestDatabase } from "./postgres.ts";
import { temporaryDirectory } from "./temporary.ts";

/** The embedded database unpacks itself at its first use. */
export const SETUP_MS = 60_000;

export interface HubLibrary {
  readonly sql: Sql;
  readonly database: TestDatabase;
  readonly context: TestContext;
  readonly library: Library;
  readonly cacheDir: string;
  /** Of the library when the suite began. */
  readonly epoch: string;
}

/** A database and a library of its own for the suite, with enrolled rigs; there once its tests run. */
export function hubLibrary(engine: Engine, rigIds: readonly string[]): HubLibrary {
  let made: HubLibrary | undefined;
  const get = (): HubLibrary => {
    if (made === undefined) throw new Error("the suite's set-up has not run");
    return made;
  };
  beforeAll(async () => {
    const database = await testDatabase(engine);
    const { sql } = database;
    const context = testContext(sql);
    const cacheDir = temporaryDirectory();
    await enrolRigs(sql, rigIds);
    const [state] = await sql<{ epoch: string }[]>`select epoch from library_state`;
    const library = createLibrary(context, cacheDir);
    made = { sql, database, context, library, cacheDir, epoch: state?.epoch ?? "" };
  }, SETUP_MS);
  afterAll(async () => {
    await made?.library.close();
    await made?.database.close();
  });
  return {
    get sql() {
      return get().sql;
    },
    get database() {
      return get().database;
    },
    get context() {
      return get().context;
    },
    get library() {
      return get().library;
    },
    get cacheDir() {
      return get().cacheDir;
    },
    get epoch() {
      return get().epoch;
    },
  };
}
