import { measurePage, rescorePage, type ScoreFormula } from "../../db/scores.ts";
import { lockLibrary, takeVersion } from "../../db/versions.ts";
import { PUBLISH_STEP, SCORE_DECIMALS, SCORE_STEP, SCORE_TERMS } from "./score.ts";
import type { Step } from "./step.ts";
import type { LibraryWriter } from "./write-library.ts";

/** Episodes a transaction looks at. */
export const RESCORE_PAGE = 2500;

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

/** Lets every score follow time and the make-up of the library, page by page. */
export async function rescoreLibrary({ sql, writer, tally, signal }: Step): Promise<void> {
  const formula = scoreFormula(writer);
  let after: string | null = "";
  while (after !== null && !signal.aborted) {
    const page = { after, limit: RESCORE_PAGE };
    const done = await sql.begin(async (tx) => {
      await lockLibrary(tx);
      const { last, moved, published } = await measurePage(tx, formula, page);
      const entry = { at: writer.at, runId: writer.runId, changed: published, removed: 0 };
      const version = published === 0 ? null : await takeVersion(tx, entry);
      if (moved > 0) await rescorePage(tx, formula, { ...page, version });
      return { last, moved, version };
    });
    tally.add({ episodes_rescored: done.moved, version: done.version });
    after = done.last;
  }
}
