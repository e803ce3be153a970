import { OUTCOME_TEXT_MAX } from "../../base/limits.ts";
import type { OutcomeName } from "../../wire/vocabulary.ts";

/** A merged text is bounded like one remark: each episode goes to every rig, over a metered link. */
export const MERGED_TEXT_MAX = OUTCOME_TEXT_MAX;
const CUT = "…";

/** Distinct texts, each once and whole, in the order given; null when there is nothing to read. */
export function mergeTexts(texts: readonly (string | null)[], separator: string): string | null {
  const distinct = new Set(texts.map((text) => text?.trim() ?? "").filter((text) => text !== ""));
  const merged = [...distinct].join(separator);
  if (merged === "") return null;
  if (merged.length <= MERGED_TEXT_MAX) return merged;
  return merged.slice(0, MERGED_TEXT_MAX - CUT.length).toWellFormed() + CUT;
}

/** What people read first. Never null: the rig software refuses a whole library for one episode without it. */
export function resolutionText(outcome: OutcomeName, action: string | null): string {
  if (outcome === "Resolved") return action ?? "Resolved";
  if (outcome === "Escalated") return action === null ? "Escalated" : `Escalated: ${action}`;
  return outcome === "FalsePositive" ? "False alarm" : "No outcome yet";
}
