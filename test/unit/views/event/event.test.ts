import { describe, expect, test } from "bun:test";
import type { FleetEvent } from "../../../../src/wire/event.ts";
import type { TimelineEntry } from "../../../../views/event/model.ts";
import { Physics } from "../../../../views/event/physics.tsx";
import { Timeline } from "../../../../views/event/timeline.tsx";
import { Trace } from "../../../../views/event/trace.tsx";
import { Votes } from "../../../../views/event/votes.tsx";
import { helpText, reachText, type Reach } from "../../../../views/parts/reach.tsx";
import { anEvent, type DeepPartial } from "../../../support/builders.ts";
import { aFrame } from "../../../support/frame.ts";

type Advisory = DeepPartial<FleetEvent["advisory"]>;

/** What a reader sees, without markup. */
function words(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#x27;", "'")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function votesOf(advisory: Advisory): string {
  return Votes({ advisory: anEvent({ advisory }).advisory, category: "WellControl", basis: "trace" }).html;
}

describe("votes", () => {
  test("a bar is as long as vote times weight, and its figure stands beside it", () => {
    const html = votesOf({});
    expect(words(html)).toContain("WellControl High 0.30 0.90 Flow imbalance 20.0 gpm");
    expect(words(html)).toContain("MSE Low 0.25 0.25");
    expect([...html.matchAll(/class="vote-bar[^"]*" width="([\d.]+)"/g)].map(([, width]) => width)).toEqual([
      "20.8",
      "20.8",
      "75.0",
      "16.7",
    ]);
    expect(html).not.toContain(" style=");
  });

  test("who decided the category is said", () => {
    expect(words(votesOf({}))).toContain("Category WellControl: the rig's ticket names it in the trace.");
  });

  test("no votes, and a vote without a weight, are told apart from a vote of nothing", () => {
    expect(words(votesOf({ votes: [] }))).toContain("The rig sent no votes.");
    const html = votesOf({ votes: [{ specialist: "MSE", vote: "High", weight: null }] });
    expect(words(html)).toContain("MSE High — — —");
  });
});

describe("the physics report", () => {
  test("what was not sent is a dash, and zero is zero", () => {
    const shown = words(Physics({ report: { current_gas: 0, avg_pit_rate: null, founder_detected: false } }).html);
    expect(shown).toContain("Gas 0 units");
    expect(shown).toContain("Pit rate, mean — bbl/h");
    expect(shown).toContain("Casing pressure — psi");
    expect(shown).toContain("Founder no");
    expect(shown).toContain("The rig does not tell whether it found a dysfunction.");
  });

  test("every measurement of the wire stands in one of its four groups", () => {
    const report = anEvent().advisory.physics_report ?? {};
    const { html } = Physics({ report });
    expect(html.match(/<caption>/g)).toHaveLength(4);
    expect(html.match(/<tr>/g)).toHaveLength(Object.keys(report).length - 1);
    expect(words(html)).not.toContain("—  ");
  });

  test("a rig that sent none gets no table of dashes", () => {
    expect(Physics({ report: undefined }).html).not.toContain("<table");
  });
});

describe("the trace", () => {
  const entry = (status: "Passed" | "Failed" | "Info", timestamp_ms: number | null, message: string) => ({
    stage: "MseAnalysis",
    status,
    message,
    timestamp_ms,
  });

  test("what failed comes first and keeps its step, its offset is from the first step", () => {
    const { html } = Trace({
      entries: [entry("Passed", 1000, "one"), entry("Info", null, "two"), entry("Failed", 1250, "three")],
    });
    expect(words(html)).toContain(
      "3 steps, 1 failed, those first Step Status Stage Message After, ms " +
        "3 ✕ Failed MseAnalysis three 250 1 ✓ Passed MseAnalysis one 0 2 · Info MseAnalysis two —",
    );
  });

  test("none is said to be none", () => {
    expect(words(Trace({ entries: [] }).html)).toBe("Trace The rig sent no trace.");
  });
});

describe("the timeline", () => {
  const at = "2026-11-10T12:00:00.000Z";
  const entry = (what: TimelineEntry["what"], detail: TimelineEntry["detail"], who: string | null = null) =>
    ({ at, clock: "hub", what, who, detail }) as const;

  function shown(entries: readonly TimelineEntry[]): string {
    return words(Timeline({ frame: aFrame(), entries, timeZone: "UTC" }).html);
  }

  test("each step has its clock, who it was by, and what is known of it", () => {
    const text = shown([
      { at: null, clock: "rig", what: "detected", who: "RIG-1", detail: {} },
      entry("outcome", { outcome: "Resolved", action_taken: "Shut in", given_at: at }, "A. Driller"),
    ]);
    expect(text).toContain("time not on record · rig's clock Detected by RIG-1");
    expect(text).toContain(
      "Outcome by A. Driller ✓ Resolved · Shut in · given 2026-11-10 12:00:00 UTC by the rig's clock",
    );
  });

  test("re-scores that follow each other are one row, from the first to the last", () => {
    const text = shown([
      entry("rescored", { score_before: 0.9, score_after: 0.8 }),
      entry("rescored", { score_before: 0.8, score_after: 0.7 }),
      entry("changed", { version: 9 }),
      entry("rescored", { score_before: 0.7, score_after: 0.6 }),
    ]);
    expect(text).toContain("Re-scored 2 times score 0.90 → 0.70");
    expect(text).toContain("Re-scored score 0.70 → 0.60");
  });

  test("later outcomes do not hide earlier ones", () => {
    const text = shown([entry("outcome", { outcome: "Resolved" }), entry("outcome", { outcome: "FalsePositive" })]);
    expect(text.match(/Outcome/g)).toHaveLength(2);
  });
});

describe("reach in a sentence", () => {
  const reach = (have: number, may_have: number, worst_s: number | null): Reach => ({
    archived: false,
    version: 9,
    committed_at: null,
    summary: { have, may_have, confirmed: 0, median_s: worst_s, worst_s, timed: have, shown: 0, used: 0, helped: 0 },
    rigs: [],
    left_out: 0,
  });

  test.each([
    [reach(17, 20, 22_320), "17 of 20 rigs have it, slowest 6 h 12 m"],
    [reach(0, 20, null), "0 of 20 rigs have it"],
    [reach(1, 1, 90), "1 of 1 rig has it, slowest 1 m 30 s"],
    [reach(0, 0, null), "there is no other rig that may have it"],
  ])("%#", (given, text) => {
    expect(reachText(given)).toBe(text);
  });

  test("what rigs told of showing it stands beside, and that none has is said", () => {
    const { summary } = reach(17, 20, null);
    expect(helpText(summary)).toBe("No rig has told yet that recall named it before a driller answered.");
    expect(helpText({ ...summary, shown: 9, used: 7, helped: 6 })).toBe(
      "Recall named it in 9 cases before the driller answered; its action was used in 7 and stands as what helped in 6.",
    );
  });
});
