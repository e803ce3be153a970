import { expect, test } from "bun:test";
import fc from "fast-check";
import { seededRandom } from "../../../src/base/random.ts";
import { groupEpisodes, startsSession, type SessionEvent } from "../../../src/domain/curation/sessions.ts";
import { categorise } from "../../../src/recall/category.ts";
import { eventDepthFt } from "../../../src/wire/event.ts";
import { RISK_LEVELS } from "../../../src/wire/vocabulary.ts";
import { fixtureEvents } from "../../support/fixtures.ts";
import { shuffled } from "../../support/shuffled.ts";

function at(timestamp: number, rest: Partial<SessionEvent> = {}): SessionEvent {
  return { id: `R-${timestamp}`, timestamp, depth_ft: 10_000, risk_level: "Elevated", apart: false, ...rest };
}

function sizes(events: readonly SessionEvent[]): number[] {
  return groupEpisodes(events).map(({ members }) => members.length);
}

const FIXTURES = fixtureEvents().map((event) => ({
  id: event.id,
  timestamp: event.timestamp,
  depth_ft: eventDepthFt(event),
  risk_level: event.advisory.risk_level,
  apart: false,
  subject: `${event.rig_id} ${categorise(event).category}`,
}));

function fixtureEpisodes(events: readonly (typeof FIXTURES)[0][]): string[] {
  const subjects = [...Map.groupBy(events, ({ subject }) => subject).values()];
  return subjects
    .flatMap((own) => groupEpisodes(own).map(({ anchor, members }) => `${anchor.id} ${members.length}`))
    .toSorted();
}

test("ten minutes and a hundred feet stay together, a second or a foot more does not", () => {
  expect(startsSession(at(0), at(600))).toBe(false);
  expect(startsSession(at(0), at(601))).toBe(true);
  expect(startsSession(at(0), at(0, { depth_ft: 9_900 }))).toBe(false);
  expect(startsSession(at(0), at(0, { depth_ft: 9_899 }))).toBe(true);
});

test("a session is cut sixty minutes after its episode's first event, again and again", () => {
  const everyTenMinutes = Array.from({ length: 15 }, (_, step) => at(step * 600));
  expect(sizes(everyTenMinutes)).toEqual([7, 7, 1]);
  expect(sizes(everyTenMinutes.slice(0, 7))).toEqual([7]);
});

test("the step is measured from the neighbour, so a chain may wander past a hundred feet", () => {
  const chain = [0, 1, 2, 3].map((step) => at(step * 60, { depth_ft: 10_000 + step * 90 }));
  expect(sizes(chain)).toEqual([4]);
  expect(sizes(chain.filter((_, step) => step !== 1))).toEqual([1, 2]);
});

test("the anchor is the first event of the highest risk, and events of one second are ordered by id", () => {
  const events = [
    at(10, { id: "R-10-2", risk_level: "Critical" }),
    at(10, { id: "R-10", risk_level: "Critical" }),
    at(0, { risk_level: "High" }),
    at(20, { risk_level: "Critical" }),
  ];
  const [group] = groupEpisodes(events);
  expect(group?.anchor.id).toBe("R-10");
  expect(group?.members.map(({ id }) => id)).toEqual(["R-0", "R-10", "R-10-2", "R-20"]);
  expect(groupEpisodes([])).toEqual([]);
});

test("an event set apart is an episode by itself, and the others are grouped as though it were not there", () => {
  const [before, bridge, after] = [at(0), at(500), at(1000)];
  expect(sizes([before, bridge, after])).toEqual([3]);
  expect(sizes([before, { ...bridge, apart: true }, after])).toEqual([1, 1, 1]);
  const wall = at(300, { depth_ft: 10_500, risk_level: "Critical" });
  expect(sizes([before, wall, bridge])).toEqual([1, 1, 1]);
  const groups = groupEpisodes([before, { ...wall, apart: true }, bridge]);
  expect(groups.map(({ members }) => members.map(({ id }) => id))).toEqual([["R-300"], ["R-0", "R-500"]]);
  expect(groups.map(({ anchor }) => anchor.id)).toEqual(["R-300", "R-0"]);
});

test("events of one place that are set apart stay away from each other too", () => {
  expect(sizes([at(0, { apart: true }), at(1, { apart: true }), at(2)])).toEqual([1, 1, 1]);
});

test("the fixtures are 183 episodes in any order", () => {
  const episodes = fixtureEpisodes(FIXTURES);
  expect(episodes).toHaveLength(183);
  for (let seed = 0; seed < 10; seed++) {
    expect(fixtureEpisodes(shuffled(FIXTURES, seededRandom(seed)))).toEqual(episodes);
  }
});

test("the fixtures are 183 episodes in any batches: what is grouped after the last is grouped as a whole", () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 120 })), fc.nat(), (batchSizes, seed) => {
      const known: typeof FIXTURES = [];
      const arriving = shuffled(FIXTURES, seededRandom(seed));
      let episodes: string[] = [];
      while (known.length < arriving.length) {
        known.push(...arriving.slice(known.length, known.length + Number(batchSizes.next().value)));
        episodes = fixtureEpisodes(known);
      }
      expect(episodes).toHaveLength(183);
    }),
    { numRuns: 15 },
  );
});

const anyEvents = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 1e6 }).map((number) => `R-${number}`),
    timestamp: fc.integer({ min: 0, max: 20_000 }),
    depth_ft: fc.integer({ min: 9_000, max: 9_600 }),
    risk_level: fc.constantFrom(...RISK_LEVELS),
    apart: fc.boolean(),
  }),
  { maxLength: 80 },
);

test("any events, in any order, fall into the same groups, each event into one", () => {
  fc.assert(
    fc.property(anyEvents, fc.nat(), (drawn, seed) => {
      const events = [...new Map(drawn.map((event) => [event.id, event])).values()];
      const groups = groupEpisodes(events);
      expect(groupEpisodes(shuffled(events, seededRandom(seed)))).toEqual(groups);
      const together = groups.filter(({ members }) => members.every(({ apart }) => !apart));
      expect(groupEpisodes(events.filter(({ apart }) => !apart))).toEqual(together);
      expect(groups.length - together.length).toBe(events.filter(({ apart }) => apart).length);
      expect(groups.flatMap(({ members }) => members.map(({ id }) => id)).toSorted()).toEqual(
        events.map(({ id }) => id).toSorted(),
      );
      for (const { members } of groups)
        expect((members.at(-1)?.timestamp ?? 0) - (members[0]?.timestamp ?? 0)).toBeLessThanOrEqual(3600);
    }),
  );
});
