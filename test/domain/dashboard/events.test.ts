import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  LIST_TEXT_MAX,
  everyEvent,
  eventsPage,
  eventsTally,
  type EventsFilter,
} from "../../../src/domain/dashboard/events.ts";
import type { EventRow } from "../../../src/db/events.ts";
import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES, UPLOADED_RISKS } from "../../../src/wire/vocabulary.ts";
import { testContext, type TestContext } from "../../support/context.ts";
import { anEventRow, storeRows } from "../../support/event-rows.ts";
import { forEachEngine, testDatabase, type TestDatabase } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

const OPEN_MS = 60_000;
const NOW_S = Date.parse("2026-11-10T12:00:00Z") / 1000;
const HOUR_S = 3600;
const EVENTS = 600;
const RUNS = { numRuns: 60, seed: 20_261_110 };
const ACTIONS = ["Circulated bottoms up", "worked the pipe, pack-off freed", "Raised mud weight 0.5 ppg", null];

/** Spread by primes, so that every combination comes up; ten share each second, as many rigs do. */
function manyRows(): EventRow[] {
  return Array.from({ length: EVENTS }, (_, n) => {
    const outcome = OUTCOME_NAMES[n % 4] ?? "Pending";
    return anEventRow({
      second: NOW_S - Math.floor(n / 10) * 7 * HOUR_S,
      id: `RIG-${n % 7}-${1_700_000_000 + n}`,
      rig_id: `RIG-${n % 7}`,
      well_id: `WELL-${n % 11}`,
      field: `Field ${n % 3}`,
      category: CATEGORIES[n % 6] ?? "None",
      risk_level: UPLOADED_RISKS[(n >> 2) % 3] ?? "High",
      campaign: CAMPAIGNS[(n >> 3) % 2] ?? "Production",
      depth: (n * 37) % 12_000,
      late: n % 13 === 0,
      held: n % 29 === 0,
      outcome,
      action_taken: outcome === "Pending" ? null : (ACTIONS[n % 5] ?? null),
      notes: n % 9 === 0 ? `torque steady, stand ${n % 5}` : null,
    });
  });
}

const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 3 });
const filterOf: fc.Arbitrary<EventsFilter> = fc.record({
  rig: maybe(["RIG-1", "RIG-4", "RIG-99"]),
  well: maybe(["WELL-3", "WELL-5"]),
  field: maybe(["Field 0", "Field 2"]),
  category: maybe(CATEGORIES),
  risk: maybe(UPLOADED_RISKS),
  outcome: maybe(OUTCOME_NAMES),
  campaign: maybe(CAMPAIGNS),
  depthFromFt: maybe([0, 3000, 9000]),
  depthToFt: maybe([5000, 11_000]),
  from: maybe([new Date((NOW_S - 300 * HOUR_S) * 1000)]),
  to: maybe([new Date((NOW_S - 50 * HOUR_S) * 1000)]),
  late: maybe([true]),
  held: maybe([true]),
  words: maybe(["circulated", "PIPE worked", "pack-off", "steady 3", "torque", "nowhere"]),
});

function expected(rows: readonly EventRow[], filter: EventsFilter): string[] {
  const { depthFromFt = -Infinity, depthToFt = Infinity, from, to } = filter;
  const found = rows.filter(
    (row) =>
      row.rig_id === (filter.rig ?? row.rig_id) &&
      row.well_id === (filter.well ?? row.well_id) &&
      row.field === (filter.field ?? row.field) &&
      row.category === (filter.category ?? row.category) &&
      row.risk_level === (filter.risk ?? row.risk_level) &&
      row.outcome === (filter.outcome ?? row.outcome) &&
      row.campaign === (filter.campaign ?? row.campaign) &&
      row.depth >= depthFromFt &&
      row.depth <= depthToFt &&
      row.timestamp >= (from ?? row.timestamp) &&
      row.timestamp <= (to ?? row.timestamp) &&
      (filter.late !== true || row.late) &&
      (filter.held !== true || row.held) &&
      hasWords(row, filter.words),
  );
  return found
    .toSorted((one, two) => two.timestamp.getTime() - one.timestamp.getTime() || (one.id < two.id ? -1 : 1))
    .map(({ id }) => id);
}

function hasWords({ action_taken, notes }: EventRow, words: string | undefined): boolean {
  const written = `${action_taken ?? ""} ${notes ?? ""}`.toLowerCase().split(/[ ,]+/);
  return (
    words === undefined ||
    words
      .toLowerCase()
      .split(" ")
      .every((word) => written.includes(word))
  );
}

forEachEngine("events list", (engine) => {
  const rows = manyRows();
  let database: TestDatabase;
  let context: TestContext;

  beforeAll(async () => {
    database = await testDatabase(engine);
    context = testContext(database.sql);
    await storeRows(database.sql, rows);
  }, OPEN_MS);
  afterAll(() => database.close());

  /** All pages, by their marks. */
  async function walk(filter: EventsFilter, order: "newest" | "oldest", limit: number, walkMax?: number) {
    const ids: string[] = [];
    let after: string | undefined;
    for (let pages = 0; pages <= EVENTS; pages += 1) {
      const page = await eventsPage(context, { filter, order, after, limit, walkMax });
      ids.push(...page.events.map(({ id }) => id));
      if (page.next === null) return ids;
      after = page.next;
    }
    throw new Error("the list never ends");
  }

  test(
    "any filters give exactly the events that match, in order, in either direction and by any page",
    async () => {
      const property = fc.asyncProperty(filterOf, fc.constantFrom(7, 25, 100), async (filter, limit) => {
        const wanted = expected(rows, filter);
        expect(await walk(filter, "newest", limit)).toEqual(wanted);
        expect(await walk(filter, "oldest", limit)).toEqual(wanted.toReversed());
        const tally = await eventsTally(context, filter);
        if (filter.words === undefined) expect(tally).toEqual({ matches: wanted.length, exact: true });
        else expect(tally).toBeUndefined();
      });
      await fc.assert(property, RUNS);
    },
    OPEN_MS,
  );

  test("a walk that is cut short says how far it came and goes on from there, missing nothing", async () => {
    const filter = { field: "Field 2", depthToFt: 3000 };
    const page = await eventsPage(context, { filter, limit: 50, walkMax: 60 });
    expect(page.events.length).toBeLessThan(50);
    const searched = rows.toSorted((one, two) => two.timestamp.getTime() - one.timestamp.getTime())[59];
    expect(page.searched_to).toBe(searched?.timestamp.toISOString() ?? "");
    for (const narrow of [filter, { ...filter, category: CATEGORIES[2] }, { ...filter, rig: "RIG-3" }]) {
      const wanted = expected(rows, narrow);
      expect(wanted.length).toBeGreaterThan(0);
      expect(await walk(narrow, "newest", 50, 60)).toEqual(wanted);
      expect(await walk(narrow, "oldest", 50, 60)).toEqual(wanted.toReversed());
    }
  });

  test("words alone are the whole action, however they are written; without that they are a part of it", async () => {
    const ids = async (filter: EventsFilter): Promise<string[]> =>
      (await eventsPage(context, { filter, limit: EVENTS })).events.map(({ action_taken }) => action_taken ?? "");
    const whole = await ids({ words: "WORKED the pipe; pack-off freed.", alone: true });
    expect(whole.length).toBeGreaterThan(10);
    expect(new Set(whole)).toEqual(new Set([ACTIONS[1] ?? ""]));
    expect(await ids({ words: "worked the pipe" })).toEqual(whole);
    expect(await ids({ words: "worked the pipe", alone: true })).toEqual([]);
  });

  test.each<EventsFilter>([{}, { category: "WellControl" }, { risk: "High", outcome: "Pending" }, { words: "torque" }])(
    "a file of %j has every match in the order of the list",
    async (filter) => {
      const ids: string[] = [];
      for await (const page of everyEvent(context, { filter, order: "newest" })) ids.push(...page.map(({ id }) => id));
      expect(ids).toEqual(expected(rows, filter));
    },
  );

  test("a full page is not called stopped, and the last one has no next", async () => {
    const first = await eventsPage(context, { filter: {}, limit: 50 });
    expect(first).toMatchObject({ searched_to: null, events: { length: 50 } });
    const rest = await eventsPage(context, { filter: { held: true }, limit: 50 });
    expect(rest).toMatchObject({ next: null, searched_to: null });
  });

  test("pending for over a day leaves the answered and the fresh out", async () => {
    const pendingOverS = 24 * HOUR_S;
    const { events } = await eventsPage(context, { filter: { pendingOverS }, limit: 1000 });
    const old = rows.filter(
      ({ outcome, timestamp }) =>
        outcome === "Pending" && timestamp.getTime() <= context.clock.now() - pendingOverS * 1000,
    );
    expect(events.length).toBe(old.length);
    expect(new Set(events.map(({ outcome }) => outcome))).toEqual(new Set(["Pending"]));
  });

  test("texts come short, and whole when they are asked for", async () => {
    const id = "RIG-LONG-1700000000";
    const long = `flushed ${"ü".repeat(500)}`;
    await storeRows(database.sql, [anEventRow({ id, rig_id: "RIG-LONG", outcome: "Resolved", action_taken: long })]);
    const filter = { rig: "RIG-LONG" };
    const [short] = (await eventsPage(context, { filter, limit: 1 })).events;
    const [whole] = (await eventsPage(context, { filter, limit: 1, textMax: 10_000 })).events;
    expect(short?.action_taken).toHaveLength(LIST_TEXT_MAX);
    expect(whole?.action_taken).toBe(long);
  });

  test("an event that went into another's episode is marked, one that has its own is not", async () => {
    const [one, two] = ["RIG-D-1700000001", "RIG-D-1700000002"];
    await storeRows(database.sql, [anEventRow({ id: one, rig_id: "RIG-D" }), anEventRow({ id: two, rig_id: "RIG-D" })]);
    await database.sql`update events set episode_id = ${`${one}-episode`} where id in ${database.sql([one, two])}`;
    const { events } = await eventsPage(context, { filter: { rig: "RIG-D" }, limit: 5 });
    expect(events.map(({ id, duplicate }) => [id, duplicate])).toEqual([
      [one, false],
      [two, true],
    ]);
  });

  describe("refused are", () => {
    test.each<[string, EventsFilter]>([
      ["a text without a word", { words: " -- " }],
      ["a text that is too long", { words: "mud ".repeat(100) }],
      ["a text with a NUL", { words: "mud\0" }],
      ["the age of an answered event", { pendingOverS: 1, outcome: "Resolved" }],
    ])("%s", async (_name, filter) => {
      expect(await rejection(eventsPage(context, { filter, limit: 5 }))).toMatchObject({ code: "invalid_request" });
      expect(await rejection(eventsTally(context, filter))).toMatchObject({ code: "invalid_request" });
    });

    test.each(["nonsense", "", "WyJ4IiwieSJd", "WzFlOTksIiJd"])("the place %p", async (after) => {
      expect(await rejection(eventsPage(context, { filter: {}, after, limit: 5 }))).toMatchObject({
        code: "invalid_request",
      });
    });
  });

  test.each(["'", "\\", "a' | 'b", "day:9000 mud", "& | ! <->", "pack:*", "ü'ö\\"])(
    "the text %p is words and no query",
    async (text) => {
      const page = await eventsPage(context, { filter: { words: `zz${text}`, field: text, rig: text }, limit: 5 });
      expect(page).toEqual({ events: [], next: null, searched_to: null });
    },
  );
});
