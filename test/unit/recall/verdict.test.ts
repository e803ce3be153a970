import { expect, test } from "bun:test";
import type { IndexEntry, RecallAnswer, RecallQuery } from "../../../src/recall/entry.ts";
import { RecallIndex } from "../../../src/recall/index.ts";
import type { OutcomeName } from "../../../src/wire/vocabulary.ts";
import { fixtureEvents, fixtureLabels } from "../../support/fixtures.ts";
import { entryOfEvent } from "../../support/synthetic-library.ts";

const LABELS = fixtureLabels();
const CASES = fixtureEvents().map((event, at) => ({ entry: entryOfEvent(event), phase: LABELS[at]?.phase ?? "" }));
const NOW_S = 1_795_500_000;
const LOSSES = CASES.filter(({ phase }) => phase === "Losses").map(({ entry }) => entry);

function ask(library: readonly IndexEntry[], query: RecallQuery): RecallAnswer {
  const index = new RecallIndex();
  index.upsertMany(library);
  return index.query(query, NOW_S, 5);
}

function queryOf({ situation, category, campaign, depth_ft, rig_id }: IndexEntry): RecallQuery {
  return { situation, category, campaign, depth_ft, exclude_rig: rig_id };
}

/** Cases like the first loss, one for each outcome. */
function alike(...outcomes: readonly OutcomeName[]): IndexEntry[] {
  const [loss] = LOSSES as [IndexEntry];
  return outcomes.map((outcome, at) => Object.assign({}, loss, { id: `like-${at}`, rig_id: `R${at}`, outcome }));
}

test("losses find losses on other rigs and call them close", () => {
  const answers = LOSSES.map((loss) =>
    ask(
      CASES.map(({ entry }) => entry),
      queryOf(loss),
    ),
  );
  const close = answers.filter(({ verdict }) => verdict === "close");
  expect(close.length / answers.length).toBeGreaterThan(0.9);
  expect(close[0]?.headline).toMatch(/shown (is|are) close$/);
});

test("without losses in the library most losses find no close precedent, and it is said", () => {
  const others = CASES.filter(({ phase }) => phase !== "Losses" && phase !== "").map(({ entry }) => entry);
  const answers = LOSSES.map((loss) => ask(others, queryOf(loss)));
  const absent = answers.filter(({ verdict }) => verdict !== "close");
  expect(absent.length / answers.length).toBeGreaterThan(0.7);
  for (const { headline } of absent) expect(headline).toStartWith("no close precedent");
});

test("an empty library has no precedent, with or without a situation", () => {
  const [loss] = LOSSES as [IndexEntry];
  expect(ask([], queryOf(loss))).toEqual({ verdict: "none", headline: "no close precedent", hits: [] });
  expect(ask([], { text: "kick" })).toEqual({ verdict: "category_only", headline: "by category only", hits: [] });
});

test("when most cases like it were false alarms, that is said first; when half were, it is not", () => {
  const [loss] = LOSSES as [IndexEntry];
  const headline = (...outcomes: OutcomeName[]): string => ask(alike(...outcomes), queryOf(loss)).headline;
  expect(headline("FalsePositive", "FalsePositive", "Resolved")).toBe("2 of 3 like it were false alarms");
  expect(headline("FalsePositive")).toBe("the one case like it was a false alarm");
  expect(headline("FalsePositive", "Resolved")).toBe("2 of 2 shown are close");
});

test("only the nearest nine with an outcome are asked about false alarms", () => {
  const [loss] = LOSSES as [IndexEntry];
  const alarms = Array.from({ length: 12 }, (): OutcomeName => "FalsePositive");
  const pending = Array.from({ length: 30 }, (): OutcomeName => "Pending");
  expect(ask(alike(...pending, ...alarms), queryOf(loss)).headline).toBe("9 of 9 like it were false alarms");
  const far = alike(...alarms).map((entry) => Object.assign({}, entry, { category: "Mechanical" as const }));
  expect(ask([...far, ...alike("Resolved")], queryOf(loss)).headline).toBe("1 of 5 shown is close");
});

test("an event with too few channels is never close to anything, and says why", () => {
  const [loss] = LOSSES as [IndexEntry];
  const thinned = loss.situation.map((value, feature) => (feature === 0 || feature > 6 ? value : -128));
  const blind = { ...queryOf(loss), situation: thinned };
  const twin = { ...loss, id: "twin", rig_id: "R", situation: thinned };
  const { verdict, headline, hits } = ask([twin], blind);
  expect({ verdict, headline, first: hits[0]?.closeness }).toEqual({
    verdict: "distant",
    headline: "too few channels",
    first: "distant",
  });
});

test("an event without any reading is answered by category, and says why", () => {
  const [loss] = LOSSES as [IndexEntry];
  const answer = ask(alike("Resolved"), { ...queryOf(loss), situation: new Int8Array(12).fill(-128) });
  expect(answer.verdict).toBe("category_only");
  expect(answer.headline).toBe("too few channels: by category only");
  expect(answer.hits[0]).toMatchObject({ closeness: "category_only", why: ["same category", "same campaign"] });
});

test("a text is answered by its category, resolved cases first", () => {
  const { verdict, hits } = ask([...alike("Pending", "FalsePositive", "Resolved", "Escalated")], { text: "kick" });
  expect(verdict).toBe("category_only");
  expect(hits.map(({ id }) => id)).toEqual(["like-2", "like-3", "like-1", "like-0"]);
});

test("a text of unknown words is answered by outcome and age, and says so", () => {
  const { headline, hits } = ask(alike("Pending", "Resolved"), { text: "what is for dinner" });
  expect(headline).toBe("no word of the question is known: by outcome and age only");
  expect(hits.map(({ id, why }) => [id, why])).toEqual([
    ["like-1", []],
    ["like-0", []],
  ]);
});

test("key metrics move the cases that share them to the front, and the silent ones are not preferred", () => {
  const [loss] = LOSSES as [IndexEntry];
  const efficiency = (value: number): Int8Array => loss.situation.with(5, value);
  const library = [
    { ...loss, id: "poor", rig_id: "A", situation: efficiency(-60) },
    { ...loss, id: "good", rig_id: "B", situation: efficiency(127) },
    { ...loss, id: "silent", rig_id: "C", situation: new Int8Array(12).fill(-128) },
  ];
  const order = (percent: number): string | undefined =>
    ask(library, { category: loss.category, key_metrics: { mse_efficiency: percent } }).hits[0]?.id;
  expect(order(26)).toBe("poor");
  expect(order(100)).toBe("good");
});

test("nothing is ever called the same", () => {
  const [loss] = LOSSES as [IndexEntry];
  const said = JSON.stringify(ask([{ ...loss, rig_id: "R" }], queryOf(loss)));
  expect(said).not.toContain("same");
});
