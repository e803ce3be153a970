import { expect, test } from "bun:test";
import type { Gauges } from "../../../src/domain/gauges.ts";
import { databaseFigures } from "../../../src/http/database-figures.ts";

const NOTHING: Gauges = {
  library_version: 0,
  episodes_active: 0,
  episodes_archived: 0,
  rigs_active: 0,
  rigs_inactive: 0,
  rigs_revoked: 0,
  sync_lag_versions: 0,
  queue_oldest_at: null,
  rigs_dropped_events: 0,
  rigs_upgrade_failed: 0,
  db_size_bytes: 1,
  curation_duration_ms: null,
  curation_failed_events: 0,
  backup_at: null,
  backup_bytes: null,
  restore_verified_at: null,
  enrolments_used: 0,
  enrolments_withdrawn: 0,
  enrolments_reused: 0,
  replication_lag_s: null,
  curation_backlog: 0,
  quarantined: 0,
  last_curation_at: null,
  rigs: [],
  connections: [],
  disk_free_bytes: null,
  wg_peers: {},
  wg_handshake_age_s: null,
};

test("without a database one figure says so, and no other has a value", () => {
  const values = databaseFigures(undefined)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(values).toEqual(["fleet_hub_db_up 0"]);
});

test("a time is in seconds, and one that is not known is absent", () => {
  const text = databaseFigures({ ...NOTHING, backup_at: new Date(1500) });
  expect(text).toContain("fleet_hub_backup_last_success_timestamp_seconds 1.5\n");
  expect(text).not.toMatch(/^fleet_hub_restore_verified_timestamp_seconds/m);
});

test("a rig's name cannot break out of its label", () => {
  const text = databaseFigures({ ...NOTHING, rigs: [{ rig_id: 'A"} 9\n\\', last_seen: null, clock_offset_s: 2 }] });
  expect(text).toContain('fleet_hub_rig_clock_offset_seconds{rig_id="A\\"} 9\\n\\\\"} 2\n');
});
