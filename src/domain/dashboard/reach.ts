import { publishedEpisode, rigCopies, type PublishedRow, type RigCopyRow } from "../../db/dashboard/reach.ts";
import { shownCounts, type ShownCount } from "../../db/dashboard/shown.ts";
import type { HubContext } from "../context.ts";

/** Far above a fleet; a page of more helps nobody. */
export const REACH_RIGS_MAX = 2000;
/** The newest events that tell of an episode; older ones are not counted. */
export const SHOWN_EVENTS_MAX = 1000;

/** Worst first: the order of the list. The source has the event itself, and a revoked rig gets nothing any more. */
export const REACH_STATES = ["never", "behind", "has", "source", "revoked"] as const;
export type ReachState = (typeof REACH_STATES)[number];

export interface RigReach {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly state: ReachState;
  /** `confirmed`: the rig said that it has this version; `sent`: the hub's last complete reply brought it. */
  readonly known: "confirmed" | "sent" | null;
  /** The library version that the rig is at; null when it never synced. */
  readonly version: number | null;
  /** When this version was first sent to it, by the hub's clock; null when it was not, or no longer on record. */
  readonly delivered_at: string | null;
  /** From the version's making to that. */
  readonly delay_s: number | null;
  /** It is behind, but has the episode as an earlier version had it. */
  readonly holds_earlier: boolean;
  readonly last_contact: string | null;
  /** Its events for which recall named the episode before the driller answered; used: its action was tried; helped: it stands. */
  readonly shown: number;
  readonly used: number;
  readonly helped: number;
  readonly revoked_at: string | null;
}

export interface ReachSummary {
  /** Of the rigs that may have it: all but the source and the revoked. */
  readonly have: number;
  readonly may_have: number;
  /** Of those that have it, how many said so themselves. */
  readonly confirmed: number;
  /** Of the deliveries whose time is on record; null without any. */
  readonly median_s: number | null;
  readonly worst_s: number | null;
  readonly timed: number;
  readonly shown: number;
  readonly used: number;
  readonly helped: number;
}

export interface Reach {
  readonly episode_id: string;
  readonly source_rig: string;
  /** Then the version is the one that took it out, and who has it knows that it is gone. */
  readonly archived: boolean;
  readonly version: number;
  readonly committed_at: string | null;
  readonly summary: ReachSummary;
  readonly rigs: readonly RigReach[];
  /** Rigs past `REACH_RIGS_MAX`, not looked at. */
  readonly left_out: number;
}

/** Which rigs have an episode in its newest form, and which not, the worst first. Undefined: no such episode. */
export async function reach({ sql }: HubContext, episodeId: string): Promise<Reach | undefined> {
  const episode = await publishedEpisode(sql, episodeId);
  if (episode === undefined) return undefined;
  const [copies, counts] = await Promise.all([
    rigCopies(sql, episode.version, REACH_RIGS_MAX),
    shownCounts(sql, episode.id, SHOWN_EVENTS_MAX),
  ]);
  const shown = new Map(counts.map((count) => [count.rig_id, count]));
  const rigs = worstFirst(copies.map((copy) => rigReach(copy, episode, shown.get(copy.rig_id))));
  return {
    episode_id: episode.id,
    source_rig: episode.rig_id,
    archived: episode.archived,
    version: episode.version,
    committed_at: iso(episode.committed_at),
    summary: summaryOf(rigs),
    rigs,
    left_out: Math.max(0, episode.rigs - copies.length),
  };
}

function rigReach(copy: RigCopyRow, episode: PublishedRow, shown: ShownCount | undefined): RigReach {
  const { rig_id, well_id, field, last_seen, revoked_at } = copy;
  const version = newestOf(copy);
  const known = knownBy(copy, episode.version);
  const delivered = known === null ? null : deliveredAt(copy, episode.version);
  return {
    rig_id,
    well_id,
    field,
    state: stateOf(copy, episode, version),
    known,
    version,
    delivered_at: iso(delivered),
    delay_s: delayOf(delivered, episode.committed_at),
    holds_earlier: known === null && version !== null && version >= (episode.first_version ?? Infinity),
    last_contact: iso(last_seen),
    shown: shown?.shown ?? 0,
    used: shown?.used ?? 0,
    helped: shown?.helped ?? 0,
    revoked_at: iso(revoked_at),
  };
}

function newestOf({ synced_version: synced, confirmed_version: confirmed }: RigCopyRow): number | null {
  return synced === null && confirmed === null ? null : Math.max(synced ?? 0, confirmed ?? 0);
}

function knownBy(copy: RigCopyRow, version: number): RigReach["known"] {
  if ((copy.confirmed_version ?? 0) >= version) return "confirmed";
  return (copy.synced_version ?? 0) >= version ? "sent" : null;
}

function stateOf(copy: RigCopyRow, episode: PublishedRow, version: number | null): ReachState {
  if (copy.rig_id === episode.rig_id) return "source";
  if (copy.status === "revoked") return "revoked";
  if (version === null) return "never";
  return version >= episode.version ? "has" : "behind";
}

/** A confirmation tells the time only of the version that it names: a later one may stand for many before it. */
function deliveredAt(copy: RigCopyRow, version: number): Date | null {
  return copy.sent_at ?? (copy.confirmed_version === version ? copy.confirmed_at : null);
}

function delayOf(delivered: Date | null, committed: Date | null): number | null {
  if (delivered === null || committed === null) return null;
  return Math.max(0, delivered.getTime() - committed.getTime()) / 1000;
}

/** They come by name, and equal ones stay so. */
function worstFirst(rigs: readonly RigReach[]): RigReach[] {
  const rated = rigs.map((rig) => ({ rig, state: REACH_STATES.indexOf(rig.state), badness: badness(rig) }));
  rated.sort((left, right) => left.state - right.state || compared(right.badness, left.badness));
  return rated.map(({ rig }) => rig);
}

/** Two that were never heard of are alike, though the difference of their times is no number. */
function compared(left: number, right: number): number {
  return left === right ? 0 : left - right;
}

/** Of two that have it the slower one is worse, of two that have not the one unheard for longer. */
function badness({ state, delay_s, last_contact }: RigReach): number {
  if (state === "has") return delay_s ?? -1;
  return last_contact === null ? Infinity : -Date.parse(last_contact);
}

function summaryOf(rigs: readonly RigReach[]): ReachSummary {
  const may = rigs.filter(({ state }) => state !== "source" && state !== "revoked");
  const have = may.filter(({ state }) => state === "has");
  const delays = have.flatMap(({ delay_s }) => (delay_s === null ? [] : [delay_s])).toSorted((a, b) => a - b);
  return {
    have: have.length,
    may_have: may.length,
    confirmed: have.filter(({ known }) => known === "confirmed").length,
    median_s: medianOf(delays),
    worst_s: delays.at(-1) ?? null,
    timed: delays.length,
    shown: total(rigs, "shown"),
    used: total(rigs, "used"),
    helped: total(rigs, "helped"),
  };
}

function total(rigs: readonly RigReach[], of: "shown" | "used" | "helped"): number {
  return rigs.reduce((sum, rig) => sum + rig[of], 0);
}

function medianOf(sorted: readonly number[]): number | null {
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
