import { DISTANCE_ONE } from "./distance.ts";

/** How far a precedent may be trusted. Never read "close" as "the same". */
export type Closeness = "close" | "distant" | "none" | "category_only";

/** Both on the distance with category and campaign, before outcome and age: those say worth, not likeness. */
export const CLOSE_MAX = Math.round(0.3 * DISTANCE_ONE);
export const DISTANT_MAX = Math.round(0.75 * DISTANCE_ONE);
/** Of 12: the weight of the features that both sides measured. */
export const COMMON_WEIGHT_MIN = 8;

export function closeness(distance: number, commonWeight: number): Closeness {
  if (distance <= CLOSE_MAX && commonWeight >= COMMON_WEIGHT_MIN) return "close";
  return distance <= DISTANT_MAX ? "distant" : "none";
}
