import type { IndexEntry } from "./entry.ts";
import type { Question } from "./question.ts";

/** What can be said when no situation is compared. */
export function categoryReasons(
  question: Pick<Question, "category" | "campaign">,
  episode: Pick<IndexEntry, "category" | "campaign">,
): string[] {
  const said: string[] = [];
  if (question.category !== undefined)
    said.push(question.category === episode.category ? "same category" : `category ${episode.category}`);
  if (question.campaign !== undefined)
    said.push(question.campaign === episode.campaign ? "same campaign" : `campaign ${episode.campaign}`);
  return said;
}
