import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { seededRandom, type Random } from "../../../src/base/random.ts";
import { replaceContent, type EventRow } from "../../../src/db/events.ts";
import { markApart } from "../../../src/db/curation-apart.ts";
import { curateBacklog } from "../../../src/domain/curation/backlog.ts";
import { curateBatch } from "../../../src/domain/curation/batch.ts";
import { sharesOf } from "../../../src/domain/curation/score.ts";
import { groupEpisodes } from "../../../src/domain/curation/sessions.ts";
import { newTally } from "../../../src/domain/curation/tally.ts";
import { episodeId } from "../../../src/wire/identity.ts";
import { UPLOADED_RISKS, type Category } from "../../../src/wire/vocabulary.ts";
import { curationHub, type CurationHub } from "../../support/curation-hub.ts";
import { anEventRow, rowOf, storeRows } from "../../support/event-rows.ts";
import { fixtureEvents } from "../../support/fixtures.ts";
import { forEachEngine } from "../../support/postgres.ts";

const SEED = 20_261_122;
const LONG_MS = 120_000;
const PROPERTY_RUNS = { server: 60, embedded: 12 };
const BATCH_SIZES = { server: [1, 7, 1000], embedded: [20, 1000] };
const RANDOM_SIZES = { server: 4, embedded: 1 };
const BATCH_SIZE_MAX = 1000;
const ARRIVALS_MAX = 400;
const FIRST_SECOND = 1_794_000_000;
const CATEGORIES: readonly Category[] = ["WellControl", "Mechanical"];
const METRICS = anEventRow().key_metrics;
const BAD_METRICS = { mse_efficiency: "much" };

type Episodes = Record<string, string[]>;

/** What the events should give, by grouping alone. */
function episodesOf(rows: readonly EventRow[], apart: ReadonlySet<string> = new Set()): Episodes {
  const keys = Map.groupBy(rows, ({ rig_id, category }) => `${rig_id} ${category}`);
  const groups = [...keys.values()].flatMap((one) => groupEpisodes(one.map((row) => sessionEvent(row, apart))));
  return Object.fromEntries(
    groups.map(({ anchor, members }) => [episodeId(anchor.id), members.map(({ id }) => id).toSorted()]),
  );
}

function sessionEvent({ id, timestamp, depth, risk_level }: EventRow, apart: ReadonlySet<string>) {
  return { id, timestamp: timestamp.getTime() / 1000, depth_ft: depth, risk_level, apart: apart.has(id) };
}

/** What the library and the columns of the events say; both must agree. */
async function storedEpisodes({ sql }: CurationHub): Promise<Episodes> {
  const rows = await sql<{ episode_id: string; members: string[]; event_count: number | null }[]>`
    select coalesce(e.episode_id, p.id) as episode_id, array_agg(e.id order by e.id collate "C") as members,
      max(p.event_count) as event_count
    from (select id, episode_id from events where episode_id is not null) e
    full join (select id, event_count from episodes where not archived) p on p.id = e.episode_id
    group by 1`;
  for (const row of rows) expect(row.event_count).toBe(row.members.length);
  return Object.fromEntries(rows.map(({ episode_id, members }) => [episode_id, members]));
}

function aStep({ sql, context }: CurationHub) {
  const at = new Date(context.clock.now());
  const writer = { settings: context.settings, at, runId: null, shares: sharesOf([]) };
  return { sql, writer, tally: newTally(), signal: new AbortController().signal };
}

async function forgetAll({ sql }: CurationHub): Promise<void> {
  await sql`truncate events, episodes, tombstones, merge_audit cascade`;
}

function shuffled(rows: readonly EventRow[], random: Random): EventRow[] {
  const order = rows.map((row) => ({ row, at: random.u32() })).toSorted((left, right) => left.at - right.at);
  return order.map(({ row, at }) => Object.assign({}, row, { received_at: new Date(at) }));
}

/** Where an event is, small enough that events join sessions, split them and overrun the longest episode. */
const place = { second: fc.nat(9000), feet: fc.nat(400), category: fc.nat(1) };
const anArrival = fc.record({ ...place, rig: fc.nat(1), risk: fc.nat(2), suffix: fc.integer({ min: 1, max: 3 }) });
const which = fc.nat();
const aHappening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("arrive" as const), event: anArrival }) },
  // Another body takes an event's place, with other times, depths and categories.
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("replace" as const), which, ...place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("spoil" as const), which }) },
  // A person divides it from its neighbours, or takes that back.
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("divide" as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("curate" as const), limit: fc.integer({ min: 1, max: 8 }) }) },
);
type Happening = typeof aHappening extends fc.Arbitrary<infer T> ? T : never;
type Place = { readonly second: number; readonly feet: number; readonly category: number };

function columnsAt({ second, feet, category }: Place) {
  return { second: FIRST_SECOND + second, depth: 9000 + feet, category: CATEGORIES[category] ?? "None" };
}

/** The events as they should be, kept beside the database. */
class World {
  readonly good = new Map<string, EventRow>();
  readonly bad = new Map<string, EventRow>();
  readonly apart = new Set<string>();

  constructor(readonly hub: CurationHub) {}

  async happen(what: Happening): Promise<void> {
    if (what.kind === "arrive") return this.arrive(what.event);
    if (what.kind === "curate") return this.curate(what.limit);
    const rows = [...this.good.values(), ...this.bad.values()];
    const row = rows[what.which % Math.max(1, rows.length)];
    if (row === undefined) return;
    if (what.kind === "divide") return this.divide(row);
    return what.kind === "spoil" ? this.spoil(row) : this.replace(row, what);
  }

  private async arrive(event: Place & { rig: number; risk: number; suffix: number }): Promise<void> {
    const rig_id = `RIG-${event.rig + 1}`;
    const id = `${rig_id}-${event.second}-${event.suffix}`;
    if (this.good.has(id) || this.bad.has(id)) return;
    const risk_level = UPLOADED_RISKS[event.risk] ?? "High";
    const received_at = new Date(this.good.size + this.bad.size);
    const row = anEventRow({ ...columnsAt(event), id, rig_id, risk_level, received_at });
    this.good.set(id, row);
    await storeRows(this.hub.sql, [row]);
  }

  private async curate(limit: number): Promise<void> {
    const { sql, writer } = aStep(this.hub);
    await sql.begin((tx) => curateBatch(tx, writer, { limit, except: [] }));
  }

  private async spoil(row: EventRow): Promise<void> {
    const { sql } = this.hub;
    this.good.delete(row.id);
    this.bad.set(row.id, row);
    await sql`
      update events set key_metrics = ${sql.json(BAD_METRICS)}, needs_curation = true, curation_error = null
      where id = ${row.id}`;
  }

  private async divide({ id }: EventRow): Promise<void> {
    if (!this.apart.delete(id)) this.apart.add(id);
    await this.hub.sql.begin((tx) => markApart(tx, id, this.apart.has(id)));
  }

  private async replace(row: EventRow, to: Place): Promise<void> {
    const next = anEventRow({ ...row, ...columnsAt(to), key_metrics: METRICS });
    const { id, rig_id: _rig, late: _late, held: _held, clock_offset_s: _offset, received_at: _at, ...content } = next;
    this.bad.delete(id);
    this.good.set(id, next);
    await replaceContent(this.hub.sql, id, content);
  }
}

forEachEngine("episodes as a set of events", (engine) => {
  const hub = curationHub(engine);

  describe("the fixtures", () => {
    const rows = fixtureEvents().map((event) => rowOf(event));
    const random = seededRandom(SEED);
    const sizes = Array.from({ length: RANDOM_SIZES[engine] }, () => 1 + (random.u32() % BATCH_SIZE_MAX));

    test.each([...BATCH_SIZES[engine], ...sizes])(
      "give 183 episodes in any order, curated together or as they come, %i events a batch",
      async (batchEvents) => {
        const order = shuffled(rows, random);
        const arrivals = 1 + (random.u32() % ARRIVALS_MAX);
        for (let from = 0; from < order.length; from += arrivals) {
          await storeRows(hub.sql, order.slice(from, from + arrivals));
          if (random.u32() % 2 === 0) await curateBacklog(aStep(hub), batchEvents);
        }
        await curateBacklog(aStep(hub), batchEvents);
        const stored = await storedEpisodes(hub);
        expect(Object.keys(stored)).toHaveLength(183);
        expect(stored).toEqual(episodesOf(rows));
      },
      LONG_MS,
    );
  });

  test(
    "random ones that come late, change, are set apart and turn out bad give the episodes of those that are good, whatever was curated before",
    async () => {
      const property = fc.asyncProperty(fc.array(aHappening, { maxLength: 100, size: "max" }), async (happenings) => {
        await forgetAll(hub);
        const world = new World(hub);
        for (const what of happenings) await world.happen(what);
        await curateBacklog(aStep(hub), 5);
        expect(await storedEpisodes(hub)).toEqual(episodesOf([...world.good.values()], world.apart));
      });
      await fc.assert(property, { seed: SEED, numRuns: PROPERTY_RUNS[engine] });
    },
    LONG_MS,
  );
});
