import { expect, test } from "bun:test";
import type { IndexEntry, RecallQuery } from "../../../src/recall/entry.ts";
import { fingerprint } from "../../../src/recall/fingerprint.ts";
import { RecallIndex } from "../../../src/recall/index.ts";
import { anEvent, aWindow } from "../../support/builders.ts";

const NOW_S = 1_795_000_000;
const YEAR_S = 365 * 86_400;
const DAY_S = 86_400;
const SITUATION = fingerprint(anEvent());

function anEntry(id: string, overrides: Partial<IndexEntry> = {}): IndexEntry {
  return {
    id,
    rig_id: "RIG-9",
    category: "WellControl",
    campaign: "Production",
    outcome: "Resolved",
    timestamp: NOW_S - DAY_S,
    depth_ft: 9000,
    situation: SITUATION,
    action_text: null,
    ...overrides,
  };
}

function found(entries: readonly IndexEntry[], query: RecallQuery): string[] {
  const index = new RecallIndex();
  index.upsertMany(entries);
  return index.query(query, NOW_S, 5).hits.map(({ id }) => id);
}

test("defect 25: the campaign that is asked about comes first, whichever it is", () => {
  const entries = [anEntry("a-drilling"), anEntry("b-abandoning", { campaign: "PlugAbandonment" })];
  expect(found(entries, { situation: SITUATION, campaign: "PlugAbandonment" })[0]).toBe("b-abandoning");
  expect(found(entries, { situation: SITUATION, campaign: "Production" })[0]).toBe("a-drilling");
});

test("defect 25: the metrics of the question count, with a situation and without one", () => {
  const history_window = Array.from(aWindow(), (snapshot) => ({ ...snapshot, mse_efficiency: 20 }));
  const other = fingerprint(anEvent({ history_window }));
  const entries = [anEntry("a-other", { situation: other }), anEntry("b-same")];
  expect(found(entries, { situation: SITUATION })[0]).toBe("b-same");
  expect(found(entries, { key_metrics: { mse_efficiency: 90 } })[0]).toBe("b-same");
  expect(found(entries, { key_metrics: { mse_efficiency: 20 } })[0]).toBe("a-other");
});

test("defect 25: of cases as alike the nearest in depth comes first", () => {
  const entries = [anEntry("a-shallow", { depth_ft: 3000 }), anEntry("b-near", { depth_ft: 9100 })];
  expect(found(entries, { situation: SITUATION, depth_ft: 9000 })[0]).toBe("b-near");
  expect(found(entries, { situation: SITUATION, depth_ft: 3200 })[0]).toBe("a-shallow");
});

test("defect 25: of cases as alike the newer one comes first", () => {
  const entries = [anEntry("a-old", { timestamp: NOW_S - 3 * YEAR_S }), anEntry("b-new")];
  expect(found(entries, { situation: SITUATION })).toEqual(["b-new", "a-old"]);
});
