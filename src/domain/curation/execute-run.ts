import { episodeCounts } from "../../db/episodes.ts";
import {
  deleteRunsBefore,
  finishRun,
  startRun,
  type CurationCause,
  type CurationRun,
  type RunEnd,
} from "../../db/curation-runs.ts";
import { recordSize } from "../../db/size-log.ts";
import { assert } from "../../base/assert.ts";
import type { HubContext } from "../context.ts";
import { forgetDiscardedTwins } from "../quarantine-batch.ts";
import { markInactiveRigs } from "../rigs.ts";
import { curateBacklog } from "./backlog.ts";
import {
  CAP_SLACK,
  expireChangesInChunks,
  expireTombstonesInChunks,
  forgetFailuresInChunks,
  pruneAged,
  pruneExcess,
} from "./prune.ts";
import { rescoreLibrary } from "./rescore.ts";
import { DAY_MS, sharesOf } from "./score.ts";
import type { Step } from "./step.ts";
import { newTally } from "./tally.ts";

/** How long the rows of runs are kept: a busy hub makes ten thousand a day. */
const RUNS_KEPT_DAYS = 30;

/**
 * One run, and its row. An arrival curates what waits; a schedule or a request also lets scores age, prunes, and
 * notices rigs that went silent. Throws on an outage, which its row tells as well, if it can still be written.
 */
export async function executeRun(context: HubContext, cause: CurationCause, signal: AbortSignal): Promise<CurationRun> {
  const { sql, clock } = context;
  const at = new Date(clock.now());
  const startMs = clock.monotonic();
  const runId = await startRun(sql, cause, at);
  const tally = newTally();
  const end = (error: string | null): RunEnd => ({
    ...tally.counts,
    finished_at: new Date(clock.now()),
    duration_ms: clock.monotonic() - startMs,
    error,
  });
  try {
    const counts = await episodeCounts(sql);
    const writer = { settings: context.settings, at, runId, shares: sharesOf(counts) };
    const before = counts.reduce((sum, { episodes }) => sum + episodes, 0);
    await work(context, cause, { sql, writer, tally, signal }, before);
  } catch (error) {
    // The row is of no more use than the database it goes to: the error itself is what the caller must get.
    await Promise.allSettled([finishRun(sql, runId, end(String(error)))]);
    throw error;
  }
  const [run] = await finishRun(sql, runId, end(null));
  assert(run !== undefined, "a run's row stays while it runs");
  return run;
}

async function work(context: HubContext, cause: CurationCause, step: Step, episodesBefore: number): Promise<void> {
  await curateBacklog(step);
  if (cause !== "arrival") return tend(context, step);
  const episodes = episodesBefore + step.tally.counts.episodes_created;
  if (episodes > step.writer.settings.library_max_episodes * CAP_SLACK) await pruneExcess(step);
}

async function tend(context: HubContext, step: Step): Promise<void> {
  const { writer, sql } = step;
  const fresh = { ...step, writer: { ...writer, shares: sharesOf(await episodeCounts(sql)) } };
  await rescoreLibrary(fresh);
  await pruneAged(fresh);
  await pruneExcess(fresh);
  await expireTombstonesInChunks(fresh);
  await expireChangesInChunks(fresh);
  const runsKept = new Date(writer.at.getTime() - RUNS_KEPT_DAYS * DAY_MS);
  await forgetFailuresInChunks(fresh, runsKept);
  await deleteRunsBefore(sql, runsKept);
  await forgetDiscardedTwins(sql, writer.at);
  await recordSize(sql, writer.at);
  await markInactiveRigs(context);
}
