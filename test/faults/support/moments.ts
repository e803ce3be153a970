import type { Asked, Chunk, Link } from "./link.ts";

/** A chunk on one of the links, as the moment of a fault. */
export interface Sighting {
  readonly asked: Asked;
  readonly direction: Chunk["direction"];
  /** Chunks of this kind that pass before. */
  readonly skipped: number;
  /** Whether the chunk still arrives. */
  readonly passes: boolean;
}

/** Resolves with the name of the moment as soon as the chunk comes, before anything else is done. */
export function seenOn(links: readonly Link[], { asked, direction, skipped, passes }: Sighting): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let left = skipped;
  for (const link of links) {
    link.watch((chunk) => {
      if (chunk.asked !== asked || chunk.direction !== direction || left-- > 0) return "pass";
      resolve(`${asked} ${direction}`);
      return passes ? "pass" : "cut";
    });
  }
  return promise;
}

/** Counts a moment, and hands it back. */
export function hit(hits: Map<string, number>, moment: string): string {
  hits.set(moment, (hits.get(moment) ?? 0) + 1);
  return moment;
}
