/** Named once, used on both ends. What only one room knows stands in that room. */
export const KIB = 1024;
export const MIB = 1024 * KIB;

/** Compressed event body, bytes as sent. */
export const EVENT_BODY_MAX = MIB;
/** The same, inflated. */
export const EVENT_JSON_MAX = 10 * MIB;
/** Bodies of every other route. */
export const SMALL_BODY_MAX = 64 * KIB;
/** A library page on the rig, bytes as sent and inflated. */
export const LIBRARY_BODY_MAX = 32 * MIB;
export const LIBRARY_JSON_MAX = 256 * MIB;
/** Texts a driller may write with an outcome. */
export const OUTCOME_TEXT_MAX = 10_000;
