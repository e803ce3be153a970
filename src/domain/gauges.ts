import { gaugeRow, type GaugeRow } from "../db/gauges.ts";
import { healthFacts } from "../db/health.ts";
import type { HubContext } from "./context.ts";

/** Figures for Prometheus. */
export interface Gauges extends GaugeRow {
  /** Up to 10,000. */
  readonly curation_backlog: number;
  readonly quarantined: number;
  /** Unix s of the end of the last run without an error. */
  readonly last_curation_s: number | null;
}

/** An outage of the database throws. */
export async function readGauges({ sql }: HubContext): Promise<Gauges> {
  const [row, facts] = await Promise.all([gaugeRow(sql), healthFacts(sql)]);
  return {
    ...row,
    curation_backlog: facts.backlog,
    quarantined: facts.quarantined,
    last_curation_s: facts.last_success === null ? null : facts.last_success.getTime() / 1000,
  };
}
