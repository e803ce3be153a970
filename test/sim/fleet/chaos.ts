import type { Fleet } from "./fleet.ts";

/** Sets the plan's troubles going; the result ends them, and mends what they broke. */
export function startTroubles(_fleet: Fleet): () => void {
  return () => {};
}
