import type { Category } from "../../../src/wire/vocabulary.ts";
import type { EpisodeLife } from "./episode-lives.ts";
import type { MadeEvent } from "./event-rows.ts";

export interface ShownRow {
  readonly event_id: string;
  readonly place: number;
  readonly episode_id: string;
  readonly told_at: Date;
}

/** Of one category, the newest: what a rig's library would name. */
const KEPT = 12;
const NAMED = 2;

/** In place of the rigs' recall, which nobody ran in this fleet: earlier episodes of other rigs, of the same category. */
export class Recalled {
  readonly #newest = new Map<Category, { readonly id: string; readonly rigId: string }[]>();

  learn(lives: readonly EpisodeLife[]): void {
    for (const { content } of lives) {
      const known = this.#newest.get(content.category) ?? [];
      this.#newest.set(content.category, [{ id: content.id, rigId: content.rig_id }, ...known].slice(0, KEPT));
    }
  }

  /** Rigs that tell of their queue tell with an answer what was named before. */
  rowsOf(events: readonly MadeEvent[]): ShownRow[] {
    return events.flatMap(({ row, answers }) => {
      const [first] = answers;
      if (first === undefined || row.sent_at === null) return [];
      const others = (this.#newest.get(row.category) ?? []).filter(({ rigId }) => rigId !== row.rig_id);
      return others.slice(0, NAMED).map(({ id }, index) => ({
        event_id: row.id,
        place: index + 1,
        episode_id: id,
        told_at: new Date(first.atMs),
      }));
    });
  }
}
