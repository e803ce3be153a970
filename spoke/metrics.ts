import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { processStartS } from "../src/base/process.ts";
import { UPGRADE_STATES, upgradeState, type ReleaseFolder } from "../src/base/release/folder.ts";
import { SPOKE_VERSION } from "./version.ts";
import type { DropReason } from "./queue/receipts.ts";
import type { SpokeStatus } from "./status.ts";

export interface LinkFigures {
  readonly uploadedBytes: number;
  /** What fetching releases may still take today. */
  readonly budgetBytes: number;
}

export interface Metrics {
  observeRecall(seconds: number): void;
  /** The text format of Prometheus. */
  render(status: SpokeStatus, link: LinkFigures): Promise<string>;
  readonly contentType: string;
}

/** Recall takes microseconds at 10,000 episodes and must stay below milliseconds. */
const RECALL_BUCKETS_S = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.025, 0.1];

/** Every reason is there from the start, or the first loss would not show as an increase. */
const NONE_DROPPED: Readonly<Record<DropReason, number>> = { queue_full: 0, evicted: 0, disk_full: 0, corrupt: 0 };

const RELEASES: ReleaseFolder = { root: "/usr/lib/fleet-spoke", product: "fleet-spoke" };

/** A registry of its own: many spokes may live in one process, as in a simulation. */
export function createMetrics(releases: ReleaseFolder = RELEASES): Metrics {
  const registry = new Registry();
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({ name: `fleet_spoke_${name}`, help, registers: [registry] });
  const recall = new Histogram({
    name: "fleet_spoke_recall_duration_seconds",
    help: "from a question to its precedents",
    buckets: RECALL_BUCKETS_S,
    registers: [registry],
  });
  const queued = new Gauge({
    name: "fleet_spoke_queue_events",
    help: "events that wait for the hub",
    labelNames: ["severity"],
    registers: [registry],
  });
  const dropped = new Counter({
    name: "fleet_spoke_queue_dropped_total",
    help: "events lost to a cap, a full disk or damage",
    labelNames: ["reason"],
    registers: [registry],
  });
  const uploaded = new Counter({
    name: "fleet_spoke_upload_bytes_total",
    help: "bodies that the hub answered",
    registers: [registry],
  });
  const oldest = gauge("queue_oldest_age_seconds", "how long the oldest event has waited; 0 when none waits");
  const outcomes = gauge("outcomes_pending", "outcomes that wait for the hub");
  const setAside = gauge("set_aside_events", "events that the hub refused: a person must look");
  const corrupt = gauge("corrupt_rows", "rows of the queue that the disk damaged");
  const budget = gauge("budget_remaining_bytes", "what fetching releases may still take from the link today");
  const linkUp = gauge("link_up", "1 when the newest request to the hub was answered");
  const version = gauge("library_version", "version of the library on this rig");
  const episodes = gauge("library_episodes", "episodes on this rig");
  const refusedRows = gauge("library_refused_rows", "rows of the hub that were no episodes");
  const synced = gauge("sync_last_success_timestamp_seconds", "end of the last pull; 0 before the first");

  const upgrade = new Gauge({
    name: "fleet_spoke_upgrade_state",
    help: "1 for what became of the newest upgrade of this machine",
    labelNames: ["state"],
    registers: [registry],
  });
  new Gauge({
    name: "fleet_spoke_build_info",
    help: "version of this process",
    labelNames: ["version"],
    registers: [registry],
  }).set({ version: SPOKE_VERSION }, 1);
  new Gauge({
    name: "process_start_time_seconds",
    help: "when this process started",
    registers: [registry],
  }).set(processStartS());

  function take(status: SpokeStatus, { uploadedBytes, budgetBytes }: LinkFigures): void {
    budget.set(Math.max(0, budgetBytes));
    for (const [severity, events] of Object.entries(status.queue.by_risk)) queued.set({ severity }, events);
    oldest.set(status.queue.oldest_s ?? 0);
    outcomes.set(status.queue.outcomes_pending);
    setAside.set(status.queue.refused);
    corrupt.set(status.queue.corrupt);
    linkUp.set(status.hub.reachable === true ? 1 : 0);
    version.set(status.library.version);
    episodes.set(status.library.episodes);
    refusedRows.set(status.library.refused_rows);
    synced.set(status.library.last_sync ?? 0);
    uploaded.reset();
    uploaded.inc(uploadedBytes);
    const now = upgradeState(releases);
    if (now === undefined) upgrade.reset();
    else for (const state of UPGRADE_STATES) upgrade.set({ state }, state === now ? 1 : 0);
    dropped.reset();
    for (const [reason, events] of Object.entries({ ...NONE_DROPPED, ...status.queue.dropped }))
      dropped.inc({ reason }, events);
  }

  return {
    observeRecall: (seconds) => recall.observe(seconds),
    async render(status, link) {
      take(status, link);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
