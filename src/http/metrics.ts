import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { WIRE_VERSION } from "../wire/protocol.ts";
import type { Gauges } from "../domain/gauges.ts";

/** Seconds; an event over the slowest link of ours takes a few. */
const INGEST_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface HubMetrics {
  readonly eventReceived: (result: string, durationS: number) => void;
  readonly eventBytes: (stage: "wire" | "decoded", bytes: number) => void;
  readonly authFailed: (reason: string) => void;
  readonly replied: (route: string, status: number) => void;
  /** The whole of /metrics. Without gauges when the database is away: `fleet_hub_db_up` says so. */
  readonly text: (gauges: Gauges | undefined) => Promise<string>;
}

export function createMetrics(version: string): HubMetrics {
  const registry = new Registry();
  const registers = [registry];
  const received = new Counter({
    name: "fleet_hub_events_received_total",
    help: "Uploads by reply",
    labelNames: ["result"],
    registers,
  });
  const bytes = new Counter({
    name: "fleet_hub_event_bytes_total",
    help: "Event bytes on the wire and decoded",
    labelNames: ["stage"],
    registers,
  });
  const ingest = new Histogram({
    name: "fleet_hub_ingest_duration_seconds",
    help: "From the headers of an upload to its commit",
    buckets: INGEST_BUCKETS_S,
    registers,
  });
  const failures = new Counter({
    name: "fleet_hub_auth_failures_total",
    help: "Requests refused for their key",
    labelNames: ["reason"],
    registers,
  });
  const replies = new Counter({
    name: "fleet_hub_http_replies_total",
    help: "Replies by route and status",
    labelNames: ["route", "status"],
    registers,
  });
  new Gauge({
    name: "fleet_hub_build_info",
    help: "Version and wire version of this process",
    labelNames: ["version", "wire"],
    registers,
  }).set({ version, wire: `${WIRE_VERSION}` }, 1);
  const measured = gauges(registers);
  return {
    eventReceived(result, durationS) {
      received.inc({ result });
      ingest.observe(durationS);
    },
    eventBytes: (stage, count) => bytes.inc({ stage }, count),
    authFailed: (reason) => failures.inc({ reason }),
    replied: (route, status) => replies.inc({ route, status: `${status}` }),
    text(values) {
      measured(values);
      return registry.metrics();
    },
  };
}

function gauges(registers: Registry[]): (values: Gauges | undefined) => void {
  const gauge = (name: string, help: string, ...labelNames: string[]): Gauge =>
    new Gauge({ name: `fleet_hub_${name}`, help, labelNames, registers });
  const up = gauge("db_up", "1 when the database answered");
  const backlog = gauge("curation_backlog_events", "Events that wait for curation");
  const quarantined = gauge("events_quarantined", "Events that wait for a person");
  const version = gauge("library_version", "Newest version of the library");
  const episodes = gauge("library_episodes", "Episodes by state", "state");
  const rigs = gauge("rigs", "Rigs by state", "state");
  const curated = gauge("curation_last_success_timestamp_seconds", "End of the last curation run without an error");
  const lag = gauge("sync_lag_versions", "Greatest distance of an active rig from the library's version");
  const size = gauge("db_size_bytes", "Size of the database");
  return (values) => {
    up.set(values === undefined ? 0 : 1);
    if (values === undefined) return;
    backlog.set(values.curation_backlog);
    quarantined.set(values.quarantined);
    version.set(values.library_version);
    episodes.set({ state: "active" }, values.episodes_active);
    episodes.set({ state: "archived" }, values.episodes_archived);
    rigs.set({ state: "active" }, values.rigs_active);
    rigs.set({ state: "inactive" }, values.rigs_inactive);
    rigs.set({ state: "revoked" }, values.rigs_revoked);
    if (values.last_curation_s !== null) curated.set(values.last_curation_s);
    lag.set(values.sync_lag_versions);
    size.set(values.db_size_bytes);
  };
}
