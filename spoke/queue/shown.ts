/** Events remembered, the newest: an answer comes within hours of the question. */
export const SHOWN_EVENTS_MAX = 1000;

/**
 * Which episodes recall named for an event, so that the driller's answer can tell the hub. Kept in memory only: recall
 * must not wait for a disk, and what a restart forgets is missing from a statistic, not from the answer.
 */
export interface Shown {
  /** The best first. A later question for the same event takes the place of an earlier one. */
  note(eventId: string, episodeIds: readonly string[]): void;
  of(eventId: string): readonly string[];
}

export function createShown(): Shown {
  const byEvent = new Map<string, readonly string[]>();
  return {
    note(eventId, episodeIds) {
      byEvent.delete(eventId);
      if (episodeIds.length > 0) byEvent.set(eventId, episodeIds);
      const [oldest] = byEvent.keys();
      if (byEvent.size > SHOWN_EVENTS_MAX && oldest !== undefined) byEvent.delete(oldest);
    },
    of: (eventId) => byEvent.get(eventId) ?? [],
  };
}
