import type { TransactionSql } from "postgres";
import { pickEvents, placeEvents, planSimply, setAside, type CurationKey } from "../../db/curation.ts";
import { recordFailures } from "../../db/curation-failures.ts";
import { episodeId } from "../../wire/identity.ts";
import { loadSessions, type Sessions } from "./load-sessions.ts";
import { rebuild } from "./rebuild.ts";
import { placesOf } from "./settle.ts";
import { writeLibrary, type LibraryChange, type LibraryWriter } from "./write-library.ts";

export interface BatchPick {
  readonly limit: number;
  /** Keys that were busy before in this run. */
  readonly except: readonly CurationKey[];
  /** Only this event. */
  readonly only?: string;
}

export interface BatchResult extends LibraryChange {
  /** Events that wait no longer. */
  readonly read: number;
  /** Those of them, and others, that were set aside. */
  readonly failed: number;
  /** Keys that another transaction works on: their events wait on. */
  readonly busy: readonly CurationKey[];
}

/** Curates events that wait, oldest arrival first, in this transaction; undefined when there is none to pick. */
export async function curateBatch(
  tx: TransactionSql,
  writer: LibraryWriter,
  pick: BatchPick,
): Promise<BatchResult | undefined> {
  await planSimply(tx);
  const picked = await pickEvents(tx, pick);
  if (picked.length === 0) return undefined;
  const sessions = await loadSessions(tx, picked);
  const { events, touched, bad, busy } = sessions;
  const episodes = rebuild(events);
  const change = await writeLibrary(tx, writer, { episodes, former: formerEpisodes(sessions) });
  await placeEvents(tx, placesOf(episodes), new Set(touched.map(({ id }) => id)));
  await setAside(tx, bad);
  await recordFailures(
    tx,
    bad.map(({ id, problem }) => ({ event_id: id, error: problem })),
    writer,
  );
  return { ...change, read: touched.length, failed: bad.length, busy };
}

/** Those that the events stood in, and those named after one of them. */
function formerEpisodes({ events, touched, bad }: Sessions): Set<string> {
  const all = [...events, ...touched, ...bad];
  const stoodIn = all.map(({ episode_id: id }) => id).filter((id) => id !== null);
  return new Set([...stoodIn, ...all.map(({ id }) => episodeId(id))]);
}
