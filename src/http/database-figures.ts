import type { Gauges } from "../domain/gauges.ts";

/** One value a set of labels; `{}` is the figure without any. */
type Samples = readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

interface Figure {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: (gauges: Gauges) => Samples;
}

/**
 * What the database tells, as Prometheus reads it. Written afresh each time, so that what is not known is absent and
 * never the figure of before: alerts tell "never" from "long ago".
 */
export function databaseFigures(gauges: Gauges | undefined): string {
  const up: Samples = one(gauges === undefined ? 0 : 1);
  const blocks = FIGURES.map((figure) => block(figure, gauges === undefined ? [] : figure.samples(gauges)));
  return [block(DB_UP, up), ...blocks].join("");
}

const DB_UP = { name: "db_up", type: "gauge", help: "1 when the database answered" } as const;

const FIGURES: readonly Figure[] = [
  gauge("events_quarantined", "Events that wait for a person", ({ quarantined }) => one(quarantined)),
  gauge("curation_backlog_events", "Events that wait for curation; 10,000 stands for that and more", (known) =>
    one(known.curation_backlog),
  ),
  gauge("curation_last_success_timestamp_seconds", "End of the last curation run without an error", (known) =>
    time(known.last_curation_at),
  ),
  gauge("curation_duration_seconds", "How long the newest curation run that ended took", (known) =>
    one(known.curation_duration_ms === null ? null : known.curation_duration_ms / 1000),
  ),
  counter("curation_failed_events_total", "Events that curation passed over for an error", (known) =>
    one(known.curation_failed_events),
  ),
  gauge("library_version", "Newest version of the library", (known) => one(known.library_version)),
  gauge("library_episodes", "Episodes by state", (known) =>
    states({ active: known.episodes_active, archived: known.episodes_archived }),
  ),
  gauge("sync_lag_versions", "Greatest distance of an active rig that was heard from the library's version", (known) =>
    one(known.sync_lag_versions),
  ),
  gauge("rigs", "Rigs by state", (known) =>
    states({ active: known.rigs_active, inactive: known.rigs_inactive, revoked: known.rigs_revoked }),
  ),
  gauge("rig_last_seen_timestamp_seconds", "When a rig was last heard; of the first 1,000 rigs by name", (known) =>
    known.rigs.flatMap(({ rig_id, last_seen }) => labelled({ rig_id }, seconds(last_seen))),
  ),
  gauge("rig_clock_offset_seconds", "Rig clock minus hub clock, when it was last heard; of the same rigs", (known) =>
    known.rigs.flatMap(({ rig_id, clock_offset_s }) => labelled({ rig_id }, clock_offset_s)),
  ),
  gauge(
    "rig_queue_oldest_timestamp_seconds",
    "Since when the oldest event waits on any rig, as they last told",
    (known) => time(known.queue_oldest_at),
  ),
  counter("rig_dropped_events_total", "Events that rigs lost to a cap, a full disk or damage, as they told", (known) =>
    one(known.rigs_dropped_events),
  ),
  gauge("rigs_upgrade_failed", "Rigs that gave up a release or took one back, as they told", (known) =>
    one(known.rigs_upgrade_failed),
  ),
  counter("enrolments_total", "Enrolment codes by what came of them; reused counts each time", (known) => [
    [{ result: "used" }, known.enrolments_used],
    [{ result: "withdrawn" }, known.enrolments_withdrawn],
    [{ result: "reused" }, known.enrolments_reused],
  ]),
  gauge("db_size_bytes", "Size of the database", (known) => one(known.db_size_bytes)),
  gauge("db_pool_connections", "Connections of the hubs to the database, by state", (known) =>
    known.connections.map(({ state, connections }) => [{ state }, connections]),
  ),
  gauge("db_replication_lag_seconds", "How far the slowest connected standby is behind", (known) =>
    one(known.replication_lag_s),
  ),
  gauge("disk_free_bytes", "Free on the disk that holds the data directory", (known) => one(known.disk_free_bytes)),
  gauge(
    "wg_peers",
    "Peers of the tunnel by state; applied are those that this machine's gateway lets in",
    ({ wg_peers }) => states(wg_peers),
  ),
  gauge("wg_handshake_age_seconds", "Age of the newest handshake at this machine's gateway", (known) =>
    one(known.wg_handshake_age_s),
  ),
  gauge("backup_last_success_timestamp_seconds", "When the newest good backup was made", (known) =>
    time(known.backup_at),
  ),
  gauge("backup_size_bytes", "Size of the newest good backup", (known) => one(known.backup_bytes)),
  gauge("restore_verified_timestamp_seconds", "When a backup was last proven by restoring it", (known) =>
    time(known.restore_verified_at),
  ),
];

function gauge(name: string, help: string, samples: Figure["samples"]): Figure {
  return { name, type: "gauge", help, samples };
}

function counter(name: string, help: string, samples: Figure["samples"]): Figure {
  return { name, type: "counter", help, samples };
}

function one(value: number | null): Samples {
  return labelled({}, value);
}

function labelled(labels: Readonly<Record<string, string>>, value: number | null): Samples {
  return value === null ? [] : [[labels, value]];
}

function time(at: Date | null): Samples {
  return one(seconds(at));
}

function seconds(at: Date | null): number | null {
  return at === null ? null : at.getTime() / 1000;
}

function states(counts: Readonly<Record<string, number>>): Samples {
  return Object.entries(counts).map(([state, value]) => [{ state }, value]);
}

function block({ name, type, help }: Omit<Figure, "samples">, samples: Samples): string {
  const lines = samples.map(([labels, value]) => `fleet_hub_${name}${labelText(labels)} ${value}\n`);
  return `# HELP fleet_hub_${name} ${help}\n# TYPE fleet_hub_${name} ${type}\n${lines.join("")}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** As the text format demands within quotes. */
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
