import { RecallIndex } from "../../src/recall/index.ts";
import type { RecallAnswer, RecallHit, RecallQuery } from "../../src/recall/entry.ts";
import { entryOf } from "../../src/recall/entry-of.ts";
import type { FleetEpisode } from "../../src/wire/episode.ts";
import type { LibraryFollower } from "./pull.ts";
import type { Changes, LibraryStore } from "./store.ts";

export interface FoundHit extends RecallHit {
  readonly episode: FleetEpisode;
}

export interface Found extends Omit<RecallAnswer, "hits"> {
  readonly hits: readonly FoundHit[];
}

/** The library as recall needs it, in memory: the link may be down for weeks, and the answer takes microseconds. */
export interface Mirror extends LibraryFollower {
  /** Reads nothing from disk but the episodes that it names. */
  find(query: RecallQuery, nowS: number, limit: number): Found;
  readonly size: number;
  /** Version of the last pull that came to its end. */
  readonly version: number;
  /** For a quick start: kept in the library's file when it has changed since. */
  save(): void;
}

/** `onDamage` is told when a row turned out to be broken: it is out of the mirror, and a pull brings it back. */
export function openMirror(store: LibraryStore, onDamage: () => void): Mirror {
  let { index, saved } = load(store);
  let version = store.cursor().version;
  const save = (): void => {
    const { revision } = store.cursor();
    if (saved === revision) return;
    store.saveSnapshot(index.toSnapshot(), revision);
    saved = revision;
  };
  if (saved === undefined) save();
  return {
    save,
    get size() {
      return index.size;
    },
    get version() {
      return version;
    },
    find(query, nowS, limit) {
      const answer = index.query(query, nowS, limit);
      const episodes = store.episodes(answer.hits.map(({ id }) => id));
      const hits = answer.hits.flatMap((hit, at) => withEpisode(hit, episodes[at]));
      if (hits.length < answer.hits.length) {
        for (const [at, hit] of answer.hits.entries()) if (episodes[at] === undefined) index.remove(hit.id);
        onDamage();
      }
      return { ...answer, hits };
    },
    follow(changes) {
      apply(index, changes);
      if (!changes.ended) return;
      version = store.cursor().version;
      index.settle();
      save();
    },
    reload() {
      ({ index, saved } = load(store));
      version = store.cursor().version;
    },
  };
}

function withEpisode(hit: RecallHit, episode: FleetEpisode | undefined): FoundHit[] {
  return episode === undefined ? [] : [{ ...hit, episode }];
}

function apply(index: RecallIndex, { upserted, removed }: Changes): void {
  index.upsertMany(upserted.map(entryOf));
  for (const id of removed) index.remove(id);
}

/** From the snapshot when it is of these very rows; `saved` is then their revision. */
function load(store: LibraryStore): { index: RecallIndex; saved: number | undefined } {
  const { revision } = store.cursor();
  const bytes = store.snapshot();
  const kept = bytes === undefined ? undefined : fromSnapshot(bytes);
  const usable = kept !== undefined && kept.size === store.count();
  const index = usable ? kept : fromRows(store);
  index.settle();
  return { index, saved: usable ? revision : undefined };
}

function fromRows(store: LibraryStore): RecallIndex {
  const index = new RecallIndex();
  index.upsertMany([...store.all()].map(entryOf));
  return index;
}

/** A snapshot of another release is no fault: the rows are the truth. */
function fromSnapshot(bytes: Uint8Array): RecallIndex | undefined {
  try {
    return RecallIndex.fromSnapshot(bytes);
  } catch {
    return undefined;
  }
}
