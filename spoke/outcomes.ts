import { isStorable } from "../src/base/json.ts";
import { OUTCOME_TEXT_MAX } from "../src/base/limits.ts";
import type { OutcomePatch } from "../src/wire/outcome.ts";
import type { SpokeSettings } from "./settings.ts";

/** The driller's words that are no action, in any case, with spaces, dashes or underscores. */
export type OutcomeWords = Pick<SpokeSettings, "dismissed_words" | "escalated_words">;

/** What an acknowledgment says of its advisory; texts are empty, never absent. */
export interface AcknowledgmentTexts {
  readonly action_taken: string;
  readonly notes: string;
}

/**
 * The patch that the hub takes, all three keys in it, as the rig's own client sends it. A sentence counts by how it
 * begins: "Escalated to town" is handed up, "Not escalated, circulated" is an action. Undefined when nothing was said;
 * notes without an action leave the outcome open and go along.
 */
export function outcomeOfAcknowledgment(texts: AcknowledgmentTexts, words: OutcomeWords): OutcomePatch | undefined {
  const action = texts.action_taken.trim();
  const notes = texts.notes.trim();
  if (action === "") return notes === "" ? undefined : patch("Pending", null, notes);
  const dismissed = wordAtStart(action, words.dismissed_words);
  if (dismissed !== undefined) return patch("FalsePositive", null, reason(action, notes, dismissed));
  const escalated = wordAtStart(action, words.escalated_words);
  if (escalated !== undefined) return patch("Escalated", null, reason(action, notes, escalated) || action);
  return patch("Resolved", action, notes);
}

/** Whether every store on the way to the hub can hold it. */
export function isKeepable({ action_taken, notes }: AcknowledgmentTexts): boolean {
  return [action_taken, notes].every((text) => text.length <= OUTCOME_TEXT_MAX && isStorable(text));
}

function patch(outcome: OutcomePatch["outcome"], action: string | null, notes: string): OutcomePatch {
  return { outcome, action_taken: action, notes: notes === "" ? null : notes.slice(0, OUTCOME_TEXT_MAX) };
}

/** The notes, and the action too where it says more than the bare word. */
function reason(action: string, notes: string, word: string): string {
  const parts = plain(action) === word ? [notes] : [action, notes];
  return parts.filter((part) => part !== "").join(": ");
}

function wordAtStart(action: string, words: readonly string[]): string | undefined {
  const said = plain(action);
  return words.map(plain).find((word) => word !== "" && (said === word || startsWithWord(said, word)));
}

function startsWithWord(said: string, word: string): boolean {
  return said.startsWith(word) && /^[^\p{L}\p{N}]/u.test(said.slice(word.length));
}

function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, " ")
    .trim();
}
