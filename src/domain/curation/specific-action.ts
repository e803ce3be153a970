/**
 * Words that say that somebody looked, and nothing of what was done. `monitored` and `adjusted_parameters` are not
 * here: they name an action, if a small one.
 */
const EMPTY_WORDS: ReadonlySet<string> = new Set([
  "ack",
  "acked",
  "acknowledge",
  "acknowledged",
  "action taken",
  "as above",
  "done",
  "fixed",
  "handled",
  "n a",
  "na",
  "nil",
  "no action",
  "no action needed",
  "no action taken",
  "none",
  "noted",
  "nothing",
  "ok",
  "okay",
  "read",
  "resolved",
  "seen",
  "taken care of",
  "unknown",
  "yes",
]);

/** Whether the text names something that another driller could do too. */
export function isSpecificAction(text: string | null): boolean {
  if (text === null) return false;
  const words = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return words !== "" && !EMPTY_WORDS.has(words);
}
