import { distance } from "fastest-levenshtein";

/** The likeliest meant word: at most a third of it mistyped. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const ranked = words.map((candidate) => ({
    candidate,
    edits: distance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  const best = ranked.toSorted((left, right) => left.edits - right.edits)[0];
  if (best === undefined) return undefined;
  const near = best.edits <= Math.max(1, Math.floor(best.candidate.length / 3));
  return near ? best.candidate : undefined;
}

/** `did you mean "serve"?`, or the whole list when nothing is near. */
export function suggestion(word: string, words: readonly string[]): string {
  const meant = nearest(word, words);
  return meant === undefined ? `use one of ${words.join(", ")}` : `did you mean ${meant}?`;
}
