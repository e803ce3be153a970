import type { OutcomeName } from "../wire/vocabulary.ts";
import type { Closeness } from "./closeness.ts";
import type { RecallHit } from "./entry.ts";
import type { Question } from "./question.ts";

/** The first thing to say. False alarms come before everything: they change what all the rest is worth. */
export function situationHeadline(
  verdict: Closeness,
  { enoughChannels }: Pick<Question, "enoughChannels">,
  decided: readonly OutcomeName[],
  hits: readonly Pick<RecallHit, "closeness">[],
): string {
  const alarms = decided.filter((outcome) => outcome === "FalsePositive").length;
  if (alarms * 2 > decided.length) return falseAlarms(alarms, decided.length);
  if (!enoughChannels) return "too few channels";
  if (verdict === "none") return "no close precedent";
  if (verdict === "distant") return "no close precedent, only distant ones";
  const close = hits.filter((hit) => hit.closeness === "close").length;
  if (close === 0) return "close precedents taught less than what is shown";
  return `${close} of ${hits.length} shown ${close === 1 ? "is" : "are"} close`;
}

function falseAlarms(alarms: number, decided: number): string {
  return decided === 1 ? "the one case like it was a false alarm" : `${alarms} of ${decided} like it were false alarms`;
}

/** For a question without an event's situation, or with an event that has no readings. */
export function categoryHeadline({
  category,
  eventAsks,
  measures,
  unknownWords,
}: Pick<Question, "category" | "eventAsks" | "measures" | "unknownWords">): string {
  if (eventAsks) return "too few channels: by category only";
  if (unknownWords) return "no word of the question is known: by outcome and age only";
  return category === undefined && !measures ? "by outcome and age only" : "by category only";
}
