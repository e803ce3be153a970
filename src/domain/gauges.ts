import { diskSpace } from "../base/disk.ts";
import {
  connectionGauges,
  gaugeRow,
  rigGauges,
  type ConnectionGauge,
  type GaugeRow,
  type RigGauge,
} from "../db/gauges.ts";
import { healthFacts } from "../db/health.ts";
import { isOutage } from "../db/errors.ts";
import { newestMigration } from "../db/migrate.ts";
import type { HubContext } from "./context.ts";
import { readHandshakes, youngest } from "./tunnel/handshakes.ts";
import { peersByState } from "./tunnel/overview.ts";

/** What a label that grows with the fleet may grow to. */
export const RIG_LABELS_MAX = 1000;
/** Below the 10 s that a scraper waits: a database that hangs is away. */
export const GAUGES_DEADLINE_MS = 5000;

/** Figures of the whole fleet: every hub of it tells the same. */
export interface Gauges extends GaugeRow {
  /** Up to 10,000. */
  readonly curation_backlog: number;
  readonly quarantined: number;
  /** End of the last run without an error. */
  readonly last_curation_at: Date | null;
  readonly rigs: readonly RigGauge[];
  readonly connections: readonly ConnectionGauge[];
  /** Of the disk under the data directory of this hub. */
  readonly disk_free_bytes: number | null;
  /** Nothing where there is no tunnel; `applied` is what the gateway of this machine lets in. */
  readonly wg_peers: Readonly<Record<string, number>>;
  /** Of the peer that this machine's gateway heard last. */
  readonly wg_handshake_age_s: number | null;
}

/** Undefined when the database is away or takes too long. */
export async function readGauges(context: HubContext): Promise<Gauges | undefined> {
  const settled = new AbortController();
  const late = context.clock.sleep(GAUGES_DEADLINE_MS, settled.signal).then(() => undefined);
  try {
    return await Promise.race([askGauges(context), late]);
  } catch (error) {
    if (isOutage(error)) return undefined;
    throw error;
  } finally {
    settled.abort();
  }
}

async function askGauges(context: HubContext): Promise<Gauges> {
  const { sql, settings } = context;
  const [row, facts, rigs, connections, disk, wg_peers] = await Promise.all([
    gaugeRow(sql),
    healthFacts(sql),
    rigGauges(sql, RIG_LABELS_MAX),
    connectionGauges(sql),
    diskSpace(settings.data_dir),
    peersByState(context),
  ]);
  const handshakes = readHandshakes(context);
  const applied = handshakes?.peers ?? null;
  return {
    ...row,
    curation_backlog: facts.backlog,
    quarantined: facts.quarantined,
    last_curation_at: facts.last_success,
    rigs,
    connections,
    disk_free_bytes: disk?.free_bytes ?? null,
    wg_peers: { ...wg_peers, ...(applied === null ? {} : { applied }) },
    wg_handshake_age_s: youngest(handshakes),
  };
}

/** The schema that this hub brings along, by its newest migration. */
export function hubSchema(): string {
  return newestMigration();
}
