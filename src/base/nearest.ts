import { distance } from "fastest-levenshtein";

/** The likeliest meant word: at most a third of it mistyped. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  return nearestFew(word, words, 1)[0];
}

/** The same, and those that come after it. */
export function nearestFew(word: string, words: readonly string[], count: number): string[] {
  const ranked = words.map((candidate) => ({
    candidate,
    edits: distance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  return ranked
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
    .toSorted((left, right) => left.edits - right.edits)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** `did you mean "serve"?`, or the whole list when nothing is near. */
export function suggestion(word: string, words: readonly string[]): string {
  const meant = nearest(word, words);
  return meant === undefined ? `use one of ${words.join(", ")}` : `did you mean ${meant}?`;
}
