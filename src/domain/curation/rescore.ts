import { movedScores, rescoreCounts, rescoreEpisodes, type ScoreFormula } from "../../db/scores.ts";
import { lockLibrary, takeVersion } from "../../db/versions.ts";
import { PUBLISH_STEP, SCORE_DECIMALS, SCORE_STEP, SCORE_TERMS } from "./score.ts";
import type { Step } from "./step.ts";
import type { LibraryWriter } from "./write-library.ts";

/** Episodes a look takes in; it locks none of them. */
export const RESCORE_PAGE = 10_000;
/** Episodes a transaction writes. */
export const RESCORE_CHUNK = 250;

export function scoreFormula({ shares, at, settings }: LibraryWriter): ScoreFormula {
  return {
    terms: SCORE_TERMS,
    pendingDays: settings.prune_pending_days,
    at,
    categoryShares: shares.categories,
    rigShares: shares.rigs,
    scoreStep: SCORE_STEP,
    publishStep: PUBLISH_STEP,
    decimals: SCORE_DECIMALS,
  };
}

/** Lets every score follow time and the make-up of the library: looks through it, and writes what moved in chunks. */
export async function rescoreLibrary(step: Step): Promise<void> {
  const formula = scoreFormula(step.writer);
  for (let after: string | null = ""; after !== null && !step.signal.aborted;) {
    const page = await movedScores(step.sql, formula, { after, limit: RESCORE_PAGE });
    for (let from = 0; from < page.ids.length && !step.signal.aborted; from += RESCORE_CHUNK) {
      await rescoreChunk(step, formula, page.ids.slice(from, from + RESCORE_CHUNK));
    }
    after = page.last;
  }
}

async function rescoreChunk({ sql, writer, tally }: Step, formula: ScoreFormula, ids: readonly string[]) {
  const done = await sql.begin(async (tx) => {
    await lockLibrary(tx);
    const { moved, published } = await rescoreCounts(tx, formula, ids);
    const entry = { at: writer.at, runId: writer.runId, changed: published, removed: 0 };
    const version = published === 0 ? null : await takeVersion(tx, entry);
    await rescoreEpisodes(tx, formula, { ids, version });
    return { moved, version };
  });
  tally.add({ episodes_rescored: done.moved, version: done.version });
}
