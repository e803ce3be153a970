import { libraryHead, libraryKinds, pendingAges, SCORE_BARS, type KindRow } from "../../db/dashboard/library-facts.ts";
import { episodeCounts } from "../../db/episodes.ts";
import { CAMPAIGNS, CATEGORIES, type Campaign, type Category } from "../../wire/vocabulary.ts";
import type { HubContext } from "../context.ts";
import { DAY_MS } from "../curation/score.ts";
import { prunePreview, type PrunePreview } from "./prune-preview.ts";

/** Upper ends of the bands of age; the last band is open. */
const AGE_DAYS = [7, 30, 90, 180, 365] as const;
const PENDING_BANDS = 6;
/** Rigs that are named beside an even share. */
export const SHARES_SHOWN = 12;

export interface AgeBand {
  readonly from_days: number;
  /** Null: older than all. */
  readonly to_days: number | null;
  readonly episodes: number;
}

export interface RigShare {
  readonly rig_id: string;
  readonly episodes: number;
  /** Of the library, 0 to 1. */
  readonly share: number;
}

export interface LibraryFacts {
  readonly version: number;
  readonly committed_at: string | null;
  readonly active: number;
  readonly archived: number;
  /** Every pair, those without an episode too. */
  readonly matrix: readonly { readonly category: Category; readonly campaign: Campaign; readonly episodes: number }[];
  /** Twenty bars from 0 to 1. */
  readonly scores: readonly number[];
  readonly ages: readonly AgeBand[];
  readonly shares: {
    /** Of each rig that may still send, if all gave as much; null without any. */
    readonly even: number | null;
    readonly most: readonly RigShare[];
    readonly others: { readonly rigs: number; readonly episodes: number };
    readonly rigs_without: number;
  };
  /** Unanswered ones by their age; the last band is that of the forgotten. */
  readonly pending: { readonly forgotten_days: number; readonly bands: readonly AgeBand[] };
  readonly prune: PrunePreview;
}

/** What the library holds as a whole. Reads all of it: some 50 ms at 50,000 episodes, so callers keep it for a while. */
export async function libraryFacts({ sql, clock, settings }: HubContext): Promise<LibraryFacts> {
  const at = new Date(clock.now());
  const before = (days: number): Date => new Date(at.getTime() - days * DAY_MS);
  const step = settings.prune_pending_days / PENDING_BANDS;
  const pendingDays = Array.from({ length: PENDING_BANDS }, (_, band) => step * (band + 1));
  const [head, kinds, pending, counts] = await Promise.all([
    libraryHead(sql),
    libraryKinds(sql, AGE_DAYS.map(before)),
    pendingAges(sql, pendingDays.map(before)),
    episodeCounts(sql),
  ]);
  const active = sum(kinds);
  const { version, committed_at, archived } = head;
  return {
    version,
    committed_at: committed_at?.toISOString() ?? null,
    active,
    archived,
    matrix: matrixOf(kinds),
    scores: Array.from({ length: SCORE_BARS }, (_, bar) => sum(kinds.filter((row) => row.bar === bar))),
    ages: bandsOf(AGE_DAYS, kinds),
    shares: sharesOf(counts, head.rigs),
    pending: { forgotten_days: settings.prune_pending_days, bands: bandsOf(pendingDays, pending) },
    prune: await prunePreview(sql, { settings, at, active }),
  };
}

function matrixOf(kinds: readonly KindRow[]): LibraryFacts["matrix"] {
  return CATEGORIES.flatMap((category) =>
    CAMPAIGNS.map((campaign) => ({
      category,
      campaign,
      episodes: sum(kinds.filter((row) => row.category === category && row.campaign === campaign)),
    })),
  );
}

function bandsOf(ends: readonly number[], rows: readonly { band: number; episodes: number }[]): AgeBand[] {
  return Array.from({ length: ends.length + 1 }, (_, band) => ({
    from_days: ends[band - 1] ?? 0,
    to_days: ends[band] ?? null,
    episodes: sum(rows.filter((row) => row.band === band)),
  }));
}

function sharesOf(
  counts: readonly { readonly rig_id: string; readonly episodes: number }[],
  rigs: number,
): LibraryFacts["shares"] {
  const byRig = Map.groupBy(counts, ({ rig_id }) => rig_id);
  const total = sum(counts);
  const all = [...byRig]
    .map(([rig_id, rows]) => ({ rig_id, episodes: sum(rows), share: sum(rows) / total }))
    .toSorted((left, right) => right.episodes - left.episodes || (left.rig_id < right.rig_id ? -1 : 1));
  const others = all.slice(SHARES_SHOWN);
  return {
    even: rigs === 0 ? null : 1 / rigs,
    most: all.slice(0, SHARES_SHOWN),
    others: { rigs: others.length, episodes: sum(others) },
    rigs_without: Math.max(0, rigs - all.length),
  };
}

function sum(rows: readonly { readonly episodes: number }[]): number {
  return rows.reduce((total, { episodes }) => total + episodes, 0);
}
