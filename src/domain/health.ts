import packageJson from "../../package.json" with { type: "json" };
import { isOutage } from "../db/errors.ts";
import { healthFacts, type HealthFacts } from "../db/health.ts";
import type { HubContext } from "./context.ts";

/** A monitor waits some seconds at most, and a database that takes longer is as good as away. */
export const HEALTH_DEADLINE_MS = 2000;
/** Far above the debounce of curation, far below the patience of a fleet. */
export const BACKLOG_AGE_MAX_S = 900;

/** Every figure is of now. What the database did not tell is null, never remembered. */
export interface Health {
  readonly status: "healthy" | "degraded";
  readonly db_connected: boolean;
  readonly library_version: number | null;
  /** ISO 8601, of the last run without an error; null when there was none. */
  readonly last_curation: string | null;
  /** Events that wait for curation; 10,000 stands for that and more. */
  readonly curation_backlog: number | null;
  readonly oldest_backlog_s: number | null;
  /** Events that wait for a person. */
  readonly quarantined: number | null;
  /** Of this hub. */
  readonly version: string;
  /** Why it is degraded, for people. */
  readonly reasons: readonly string[];
}

/** Never rejects: what cannot be asked is an answer too. */
export async function health(context: HubContext): Promise<Health> {
  const facts = await askedInTime(context);
  return typeof facts === "string" ? unknown(facts) : known(facts, context.clock.now());
}

/** The facts, or the reason why there are none. */
async function askedInTime({ sql, clock }: HubContext): Promise<HealthFacts | string> {
  const settled = new AbortController();
  const late = clock
    .sleep(HEALTH_DEADLINE_MS, settled.signal)
    .then(() => `the database did not answer within ${HEALTH_DEADLINE_MS} ms`);
  try {
    return await Promise.race([healthFacts(sql), late]);
  } catch (error) {
    return isOutage(error) ? "the database cannot be reached" : "the database refuses the hub's query";
  } finally {
    settled.abort();
  }
}

function unknown(reason: string): Health {
  return {
    status: "degraded",
    db_connected: false,
    library_version: null,
    last_curation: null,
    curation_backlog: null,
    oldest_backlog_s: null,
    quarantined: null,
    version: packageJson.version,
    reasons: [reason],
  };
}

function known(facts: HealthFacts, nowMs: number): Health {
  const since = facts.backlog_since?.getTime();
  const oldestS = since === undefined ? null : Math.max(0, Math.floor((nowMs - since) / 1000));
  const reasons: string[] = [];
  if (facts.last_error !== null) reasons.push("the last curation run failed");
  if (oldestS !== null && oldestS > BACKLOG_AGE_MAX_S) reasons.push(`an event waits for curation since ${oldestS} s`);
  return {
    status: reasons.length === 0 ? "healthy" : "degraded",
    db_connected: true,
    library_version: facts.library_version,
    last_curation: facts.last_success?.toISOString() ?? null,
    curation_backlog: facts.backlog,
    oldest_backlog_s: oldestS,
    quarantined: facts.quarantined,
    version: packageJson.version,
    reasons,
  };
}
