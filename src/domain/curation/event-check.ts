import { schema } from "../../base/schema.ts";
import type { CurationEvent, CurationRow } from "../../db/curation.ts";
import { EpisodeMetricsJson } from "../../wire/episode.ts";

const SITUATION = /^[A-Za-z0-9+/]{16}$/;
const metricsSchema = schema("key metrics", EpisodeMetricsJson);

/** Why no episode can be made of the event; null when one can. Rigs refuse a library that holds one bad number. */
export function problemOf(row: CurationRow): string | null {
  if (!SITUATION.test(row.situation)) return "situation is not a fingerprint";
  if (!Number.isFinite(row.depth)) return "depth is not a number";
  const [issue] = metricsSchema.issues(row.key_metrics);
  return issue === undefined ? null : `key_metrics${issue.path} ${issue.problem}`;
}

export function isGood(row: CurationRow): row is CurationEvent {
  return problemOf(row) === null;
}
