import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { watchEventLoop, type EventLoopLag } from "../base/event-loop.ts";
import { processStartS } from "../base/process.ts";
import { UPGRADE_STATES, upgradeState, type ReleaseFolder } from "../base/release/folder.ts";
import { hubSchema, type Gauges } from "../domain/gauges.ts";
import { WIRE_VERSION } from "../wire/protocol.ts";
import { databaseFigures } from "./database-figures.ts";

/** Seconds; an event over the slowest link of ours takes a few. */
const INGEST_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What alerts look at is there from the start: an increase from nothing is none. */
const UPLOAD_RESULTS = ["accepted", "already_exists", "conflict"] as const;
const AUTH_FAILURES = ["unauthorised", "rig_revoked", "enrolment_code"] as const;

export interface HubMetrics {
  readonly eventReceived: (result: string, durationS: number) => void;
  readonly eventBytes: (stage: "wire" | "decoded", bytes: number) => void;
  readonly authFailed: (reason: string) => void;
  readonly replied: (route: string, status: number) => void;
  /** The whole of /metrics. Without gauges when the database is away: `fleet_hub_db_up` says so. */
  readonly text: (gauges: Gauges | undefined) => Promise<string>;
}

const RELEASES: ReleaseFolder = { root: "/usr/lib/fleet-hub", product: "fleet-hub" };

export function createMetrics(
  version: string,
  loop: EventLoopLag = watchEventLoop(),
  releases: ReleaseFolder = RELEASES,
): HubMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, ...labelNames: string[]): Counter =>
    new Counter({ name: `fleet_hub_${name}`, help, labelNames, registers });
  const received = counter("events_received_total", "Uploads by reply", "result");
  const bytes = counter("event_bytes_total", "Event bytes on the wire and decoded", "stage");
  const failures = counter("auth_failures_total", "Requests refused for their key or their code", "reason");
  const replies = counter("http_replies_total", "Replies by route and status", "route", "status");
  for (const result of UPLOAD_RESULTS) received.inc({ result }, 0);
  for (const reason of AUTH_FAILURES) failures.inc({ reason }, 0);
  const ingest = new Histogram({
    name: "fleet_hub_ingest_duration_seconds",
    help: "From the headers of an upload to its commit",
    buckets: INGEST_BUCKETS_S,
    registers,
  });
  processGauges(registers, version);
  const lag = new Gauge({
    name: "fleet_hub_event_loop_lag_seconds",
    help: "The longest that work waited for its turn since it was last asked",
    registers,
  });
  const upgrade = new Gauge({
    name: "fleet_hub_upgrade_state",
    help: "1 for what became of the newest upgrade of this machine",
    labelNames: ["state"],
    registers,
  });
  return {
    eventReceived(result, durationS) {
      received.inc({ result });
      ingest.observe(durationS);
    },
    eventBytes: (stage, count) => bytes.inc({ stage }, count),
    authFailed: (reason) => failures.inc({ reason }),
    replied: (route, status) => replies.inc({ route, status: `${status}` }),
    async text(gauges) {
      lag.set(loop.worstS());
      const now = upgradeState(releases);
      if (now === undefined) upgrade.reset();
      else for (const state of UPGRADE_STATES) upgrade.set({ state }, state === now ? 1 : 0);
      return `${await registry.metrics()}${databaseFigures(gauges)}`;
    },
  };
}

function processGauges(registers: Registry[], version: string): void {
  new Gauge({
    name: "fleet_hub_build_info",
    help: "Version, wire version and schema of this process",
    labelNames: ["version", "wire", "schema"],
    registers,
  }).set({ version, wire: `${WIRE_VERSION}`, schema: hubSchema() }, 1);
  new Gauge({
    name: "process_start_time_seconds",
    help: "When this process started",
    registers,
  }).set(processStartS());
}
