import { expect, test } from "bun:test";
import { OUTCOME_TEXT_MAX } from "../../src/base/limits.ts";
import type { OutcomePatch } from "../../src/wire/outcome.ts";
import { outcomeOfAcknowledgment } from "../../spoke/outcomes.ts";
import { rigContext } from "../support/rig.ts";

const { settings } = rigContext();
const outcome = (action_taken: string, notes = ""): OutcomePatch | undefined =>
  outcomeOfAcknowledgment({ action_taken, notes }, settings);

test.each(["dismissed", "Dismissed", "false_alarm", "FALSE ALARM", "false-alarm", " false  alarm ", "ｄismissed"])(
  "%p is a false alarm",
  (word) => {
    expect(outcome(word)).toEqual({ outcome: "FalsePositive", action_taken: null, notes: null });
  },
);

test.each([
  "monitored",
  "adjusted_parameters",
  "shut_in",
  "Spotted 120 bbl LCM pill, waited 1 h",
  "Not escalated, circulated",
  "dismissedly",
])("%p resolves the event, in the driller's words", (action) => {
  expect(outcome(action)).toEqual({ outcome: "Resolved", action_taken: action, notes: null });
  expect(outcome(action, "held 15 min")).toEqual({ outcome: "Resolved", action_taken: action, notes: "held 15 min" });
});

test("a sentence counts by its first word, and is kept as the reason", () => {
  expect(outcome("False alarm: pit sensor stuck")).toEqual({
    outcome: "FalsePositive",
    action_taken: null,
    notes: "False alarm: pit sensor stuck",
  });
  expect(outcome("Escalated to company man", "float not holding")).toEqual({
    outcome: "Escalated",
    action_taken: null,
    notes: "Escalated to company man: float not holding",
  });
});

test("an escalation has its reason in the notes, and never none", () => {
  expect(outcome("escalated", "float not holding")).toEqual({
    outcome: "Escalated",
    action_taken: null,
    notes: "float not holding",
  });
  expect(outcome("escalated")).toEqual({ outcome: "Escalated", action_taken: null, notes: "escalated" });
});

test("nothing said is no outcome; notes alone leave it open", () => {
  expect(outcome("")).toBeUndefined();
  expect(outcome("  ", " \n")).toBeUndefined();
  expect(outcome("", "pumps back on")).toEqual({ outcome: "Pending", action_taken: null, notes: "pumps back on" });
});

test("the words are a setting", () => {
  const words = { dismissed_words: ["uninteressant"], escalated_words: ["weitergegeben"] };
  expect(outcomeOfAcknowledgment({ action_taken: "Uninteressant", notes: "" }, words)?.outcome).toBe("FalsePositive");
  expect(outcomeOfAcknowledgment({ action_taken: "dismissed", notes: "" }, words)?.outcome).toBe("Resolved");
});

test("texts that are joined stay within what the hub takes", () => {
  const long = "x".repeat(OUTCOME_TEXT_MAX);
  expect(outcome("escalated to town", long)?.notes).toHaveLength(OUTCOME_TEXT_MAX);
});
