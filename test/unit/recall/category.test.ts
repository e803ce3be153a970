import { expect, test } from "bun:test";
import { categorise, categoryBasis } from "../../../src/recall/category.ts";
import { categoryOfText } from "../../../src/recall/category-words.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { anEvent } from "../../support/builders.ts";
import { fixtureEvents, fixtureLabels } from "../../support/fixtures.ts";

/** What a rig would send that wrote no text about its category. */
function bare(event: FleetEvent): FleetEvent {
  const silent = { category: null, recommendation: null, expected_benefit: null, reasoning: null, trace_log: [] };
  return { ...event, advisory: { ...event.advisory, ...silent } };
}

function accuracy(seen: (event: FleetEvent) => FleetEvent): number {
  const labels = fixtureLabels();
  const right = fixtureEvents().filter((event, at) => categorise(seen(event)).category === labels[at]?.ticket_category);
  return right.length / labels.length;
}

test("every fixture has the category that its rig gave it, and none is inferred", () => {
  expect(accuracy((event) => event)).toBe(1);
  expect(fixtureEvents().some((event) => categorise(event).inferred)).toBe(false);
});

test("the advice's texts alone tell the category of every fixture", () => {
  expect(accuracy((event) => ({ ...event, advisory: { ...event.advisory, trace_log: [] } }))).toBe(1);
  const recommended = { expected_benefit: null, trace_log: [] };
  expect(accuracy((event) => ({ ...event, advisory: { ...event.advisory, ...recommended } }))).toBe(1);
});

test("where the category comes from is told apart, and only rules infer it", () => {
  const told = fixtureEvents().map(categoryBasis);
  expect([told.filter((basis) => basis === "trace").length, told.filter((basis) => basis === "advice").length]).toEqual(
    [199, 139],
  );
  const event = anEvent({ advisory: { category: "Formation" } });
  expect([categoryBasis(event), categoryBasis(bare(event))]).toEqual(["field", "rules"]);
});

test("without any text the rules reach 95 percent, and say that they inferred", () => {
  expect(accuracy(bare)).toBeGreaterThanOrEqual(0.95);
  expect(fixtureEvents().every((event) => categorise(bare(event)).inferred)).toBe(true);
});

test("defect 24: the category is what the rig wrote, not the first vote's", () => {
  const labels = fixtureLabels();
  const mechanical = fixtureEvents().filter((_, at) => labels[at]?.ticket_category === "Mechanical");
  expect(mechanical).toHaveLength(29);
  for (const event of mechanical) {
    expect(event.advisory.votes?.[0]?.specialist).toBe("MSE");
    expect(categorise(event).category).toBe("Mechanical");
  }
});

test("a category that is stated goes before trace, texts and votes", () => {
  expect(categorise(anEvent({ advisory: { category: "Formation" } }))).toEqual({
    category: "Formation",
    inferred: false,
  });
  expect(categorise(anEvent({ advisory: { category: null } })).category).toBe("WellControl");
});

test("the trace goes before the texts, and a word outside its place is no category", () => {
  const traced = (message: string): FleetEvent =>
    anEvent({
      advisory: { trace_log: [{ timestamp_ms: 0, stage: "TacticalCreation", status: "Info", message }] },
    });
  expect(categorise(traced("Created: OPTIMIZATION | Drilling Efficiency | Trigger: 1")).category).toBe(
    "DrillingEfficiency",
  );
  expect(categorise(traced("Created: nothing about Mechanical wear")).category).toBe("WellControl");
});

test("a silent rig's dysfunctions are read, then its votes, then its numbers", () => {
  const silent = (
    physics_report: { detected_dysfunctions: string[] },
    overrides: FleetEvent["advisory"]["votes"] = [],
  ) => categorise(bare(anEvent({ advisory: { physics_report, votes: overrides } }))).category;
  expect(silent({ detected_dysfunctions: ["HIGH: Torque increase 30% - potential pack-off"] })).toBe("Mechanical");
  expect(silent({ detected_dysfunctions: ["WARNING: Potential kick, gas 80 units, SPP up"] })).toBe("WellControl");
  const summary = ["10-min summary: 12% anomaly rate, avg ROP 60.0 ft/hr"];
  const mseHigh = [{ specialist: "MSE", vote: "High" as const, weight: 0.25 }];
  expect(silent({ detected_dysfunctions: summary }, mseHigh)).toBe("DrillingEfficiency");
  expect(silent({ detected_dysfunctions: summary })).toBe("None");
});

test("the six texts of the rig software map to the six categories", () => {
  const asked = {
    "well control kick loss circulation flow imbalance": "WellControl",
    "MSE drilling efficiency ROP optimization": "DrillingEfficiency",
    "standpipe pressure ECD flow rate hydraulics": "Hydraulics",
    "torque pack-off stick-slip mechanical": "Mechanical",
    "d-exponent formation change pore pressure": "Formation",
    "normal drilling operations": "None",
  } as const;
  for (const [text, category] of Object.entries(asked)) expect(categoryOfText(text)).toBe(category);
});

test("other texts are read by their words, and unknown words give no category", () => {
  expect(categoryOfText("we are losing mud, losses at 60 bbl/h")).toBe("WellControl");
  expect(categoryOfText("stuck? torque climbing")).toBe("Mechanical");
  expect(categoryOfText("what is for dinner")).toBeUndefined();
});
