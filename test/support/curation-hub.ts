import { afterAll, beforeAll, beforeEach } from "bun:test";
import type { Sql } from "postgres";
import type { CurationCause, CurationRun } from "../../src/db/curation-runs.ts";
import type { Tombstone } from "../../src/db/episodes.ts";
import { createCurator } from "../../src/domain/curation/curator.ts";
import { fleetEpisodeSchema, type FleetEpisode } from "../../src/wire/episode.ts";
import { episodeId } from "../../src/wire/identity.ts";
import type { OutcomeName } from "../../src/wire/vocabulary.ts";
import { testContext, type ContextOverrides, type TestContext } from "./context.ts";
import { storeRows, anEventRow, type EventSpec } from "./event-rows.ts";
import { testDatabase, type Engine, type TestDatabase } from "./postgres.ts";

/** The embedded database's first initialisation takes seconds. */
const OPEN_MS = 60_000;
/** A day after the newest event of the fixtures. */
const NOW = "2026-11-23T00:00:00Z";

/** Curation over a real database that is empty at the start of every test. */
export interface CurationHub {
  readonly sql: Sql;
  readonly database: TestDatabase;
  /** Of this test: its clock starts anew. */
  readonly context: TestContext;
  /** Stores an event; returns the id that its episode has when it stands alone. */
  store(spec?: EventSpec): Promise<string>;
  run(cause?: CurationCause): Promise<CurationRun>;
  /** As rigs get it, checked; undefined when it is not in the library. */
  episode(id: string): Promise<FleetEpisode | undefined>;
  /** Ids of the active episodes, in order. */
  library(): Promise<string[]>;
  tombstones(): Promise<Pick<Tombstone, "episode_id" | "reason" | "version">[]>;
  version(): Promise<number>;
  /** Sets what an outcome call would. */
  answer(episode: string, outcome: OutcomeName, action?: string, notes?: string): Promise<void>;
}

export function curationHub(engine: Engine, overrides: ContextOverrides = {}): CurationHub {
  let database: TestDatabase | undefined;
  let context: TestContext | undefined;
  beforeAll(async () => {
    database = await testDatabase(engine);
  }, OPEN_MS);
  beforeEach(async () => {
    await empty(opened(database).sql);
    context = testContext(opened(database).sql, overrides);
    context.clock.set(NOW);
  });
  afterAll(async () => {
    await database?.close();
  });
  const hub: CurationHub = {
    get sql() {
      return opened(database).sql;
    },
    get database() {
      return opened(database);
    },
    get context() {
      return opened(context);
    },
    async store(spec = {}) {
      const row = anEventRow(spec);
      await storeRows(hub.sql, [row]);
      return episodeId(row.id);
    },
    run: (cause = "arrival") => createCurator(hub.context).run(cause),
    async episode(id) {
      const [row] = await hub.sql<{ body: string }[]>`select body from episodes where id = ${id} and not archived`;
      return row === undefined ? undefined : fleetEpisodeSchema.parse(JSON.parse(row.body));
    },
    async library() {
      const rows = await hub.sql<{ id: string }[]>`select id from episodes where not archived order by id`;
      return rows.map(({ id }) => id);
    },
    tombstones: () => hub.sql`select episode_id, reason, version from tombstones order by episode_id`,
    async version() {
      const [row] = await hub.sql<{ version: number }[]>`
        select coalesce(max(version), 0) as version from library_versions`;
      return row?.version ?? 0;
    },
    async answer(episode, outcome, action, notes) {
      const event = episode.slice(0, -episodeId("").length);
      const changed = await hub.sql`
        update events set outcome = ${outcome}, action_taken = ${action ?? null}, notes = ${notes ?? null},
          outcome_at = ${new Date(hub.context.clock.now())}, needs_curation = true, curation_error = null
        where id = ${event} returning id`;
      if (changed.length === 0) throw new Error(`there is no event ${event}`);
    },
  };
  return hub;
}

async function empty(sql: Sql): Promise<void> {
  await sql`truncate rigs, events, episodes, tombstones, library_versions, library_changes, merge_audit, curation_runs,
    curation_failures, size_log restart identity cascade`;
  await sql`alter sequence library_version_seq restart`;
  await sql`update library_state set tombstone_floor = 0`;
}

function opened<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the database opens before the first test, not while it is described");
  return value;
}
