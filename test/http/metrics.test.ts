import { expect, test } from "bun:test";
import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RIG_LABELS_MAX } from "../../src/domain/gauges.ts";
import { rigGauges } from "../../src/db/gauges.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import { anEvent } from "../support/builders.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** What dashboards and alerts of operators are written against: a name that goes is a silent alarm. */
const FIGURES = [
  "build_info",
  "events_received_total",
  "event_bytes_total",
  "ingest_duration_seconds",
  "events_quarantined",
  "curation_backlog_events",
  "curation_last_success_timestamp_seconds",
  "curation_duration_seconds",
  "curation_failed_events_total",
  "library_version",
  "library_episodes",
  "sync_lag_versions",
  "rigs",
  "rig_last_seen_timestamp_seconds",
  "rig_clock_offset_seconds",
  "rig_queue_oldest_timestamp_seconds",
  "rig_dropped_events_total",
  "auth_failures_total",
  "enrolments_total",
  "http_replies_total",
  "wg_peers",
  "wg_handshake_age_seconds",
  "db_up",
  "db_pool_connections",
  "db_replication_lag_seconds",
  "db_size_bytes",
  "disk_free_bytes",
  "backup_last_success_timestamp_seconds",
  "backup_size_bytes",
  "restore_verified_timestamp_seconds",
  "wg_peers",
  "wg_handshake_age_seconds",
  "event_loop_lag_seconds",
  "upgrade_state",
] as const;

test("what became of an upgrade is told where releases are installed, and taken back only until another one serves", async () => {
  const root = temporaryDirectory();
  const metrics = createMetrics("0.0.0-test", { worstS: () => 0.25 }, { root, product: "fleet-hub" });
  const state = async (): Promise<string | undefined> =>
    /upgrade_state\{state="(\w+)"\} 1/.exec(await metrics.text(undefined))?.[1];
  expect(await state()).toBeUndefined();
  symlinkSync("releases/0.1.0", join(root, "current"));
  expect(await state()).toBe("settled");
  writeFileSync(join(root, "upgrading"), "0.1.0\n0.2.0\n");
  expect(await state()).toBe("upgrading");
  renameSync(join(root, "upgrading"), join(root, "rolled-back"));
  expect(await state()).toBe("rolled_back");
  rmSync(join(root, "current"));
  symlinkSync("releases/0.2.0", join(root, "current"));
  expect(await state()).toBe("settled");
  expect(await metrics.text(undefined)).toContain("fleet_hub_event_loop_lag_seconds 0.25\n");
});

forEachEngine("figures for Prometheus", (engine) => {
  const hub = testHub(engine);

  async function scrape(): Promise<string> {
    const reply = await hub.send("GET", "/metrics");
    expect(reply.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    return reply.text();
  }

  function valueOf(text: string, sample: string): number | undefined {
    const line = text.split("\n").find((known) => known.startsWith(`fleet_hub_${sample} `));
    return line === undefined ? undefined : Number(line.split(" ").at(-1));
  }

  test("every figure has its help, and none is told twice", async () => {
    const text = await scrape();
    for (const name of FIGURES) expect(text.split(`# HELP fleet_hub_${name} `)).toHaveLength(2);
    expect(text).toMatch(/fleet_hub_build_info\{version="0\.0\.0-test",wire="\d+",schema="\d{4}-[a-z-]+"\} 1/);
    expect(text).toMatch(/^process_start_time_seconds 1\.?\d+/m);
  });

  test("what never happened is absent, and what alerts count is there at zero", async () => {
    const text = await scrape();
    expect(valueOf(text, "backup_last_success_timestamp_seconds")).toBeUndefined();
    expect(valueOf(text, "restore_verified_timestamp_seconds")).toBeUndefined();
    expect(valueOf(text, "db_replication_lag_seconds")).toBeUndefined();
    expect(valueOf(text, 'events_received_total{result="accepted"}')).toBe(0);
    expect(valueOf(text, 'enrolments_total{result="reused"}')).toBe(0);
    expect(valueOf(text, "curation_failed_events_total")).toBe(0);
    expect(valueOf(text, "rig_dropped_events_total")).toBe(0);
  });

  test("uploads, failed keys and enrolments are counted by what came of them", async () => {
    const key = await hub.register("RIG-1");
    expect((await hub.upload(key, anEvent({ rig_id: "RIG-1" }))).status).toBe(201);
    await hub.upload("sk-fleet-wrong", anEvent({ rig_id: "RIG-1" }));
    await hub.send("POST", "/api/fleet/enroll", { json: { code: "ABCD-EFGH" } });
    const text = await scrape();
    expect(valueOf(text, 'events_received_total{result="accepted"}')).toBe(1);
    expect(valueOf(text, "ingest_duration_seconds_count")).toBe(1);
    expect(valueOf(text, 'event_bytes_total{stage="decoded"}')).toBeGreaterThan(100);
    expect(valueOf(text, 'auth_failures_total{reason="unauthorised"}')).toBe(1);
    expect(valueOf(text, 'auth_failures_total{reason="enrolment_code"}')).toBe(1);
    expect(valueOf(text, 'rig_last_seen_timestamp_seconds{rig_id="RIG-1"}')).toBe(hub.context.clock.now() / 1000);
    expect(valueOf(text, 'rigs{state="active"}')).toBe(1);
    const connections = [...text.matchAll(/^fleet_hub_db_pool_connections\{state="[^"]+"\} (\d+)$/gm)];
    // The embedded database has one connection and tells of none.
    expect(connections.length > 0).toBe(engine === "server");
  });

  test("only good backups and good proofs count, and a revoked rig is no label any more", async () => {
    const { sql } = hub.context;
    const [good, bad] = [new Date("2026-11-20T00:00:00Z"), new Date("2026-11-21T00:00:00Z")];
    await sql`insert into backup_log (kind, at, ok, bytes) values
      ('backup', ${good}, true, 4000), ('backup', ${bad}, false, 10), ('restore', ${good}, true, null), ('restore', ${bad}, false, null)`;
    await hub.register("RIG-2");
    await sql`update rigs set clock_offset_s = -3.5, queue_events = 2, queue_oldest_at = ${good}, dropped_events = 4
      where rig_id = 'RIG-2'`;
    const text = await scrape();
    expect(valueOf(text, "backup_last_success_timestamp_seconds")).toBe(good.getTime() / 1000);
    expect(valueOf(text, "backup_size_bytes")).toBe(4000);
    expect(valueOf(text, "restore_verified_timestamp_seconds")).toBe(good.getTime() / 1000);
    expect(valueOf(text, 'rig_clock_offset_seconds{rig_id="RIG-2"}')).toBe(-3.5);
    expect(valueOf(text, "rig_queue_oldest_timestamp_seconds")).toBe(good.getTime() / 1000);
    expect(valueOf(text, "rig_dropped_events_total")).toBe(4);
    await sql`update rigs set status = 'revoked' where rig_id = 'RIG-2'`;
    const after = await scrape();
    expect(after).not.toContain('rig_id="RIG-2"');
    expect(valueOf(after, "rig_queue_oldest_timestamp_seconds")).toBeUndefined();
  });

  test("an event that curation passed over is counted for good, even when it is forgotten", async () => {
    const { sql } = hub.context;
    const before = valueOf(await scrape(), "curation_failed_events_total") ?? 0;
    await sql`insert into curation_failures (event_id, error, failed_at) values ('RIG-1-1', 'no depth', now())`;
    await sql`delete from curation_failures`;
    expect(valueOf(await scrape(), "curation_failed_events_total")).toBe(before + 1);
  });

  test("a code is counted when it is used, and each time that it is shown again", async () => {
    const reply = await hub.send("POST", "/api/fleet/rigs/enrolments", {
      key: ADMIN_KEY,
      json: { rig_id: "RIG-6", well_id: "W", field: "F" },
    });
    const { code } = (await reply.json()) as { code: string };
    const show = async (): Promise<number> => (await hub.send("POST", "/api/fleet/enroll", { json: { code } })).status;
    expect([await show(), await show(), await show()]).toEqual([201, 410, 410]);
    const text = await scrape();
    expect(valueOf(text, 'enrolments_total{result="used"}')).toBe(1);
    expect(valueOf(text, 'enrolments_total{result="reused"}')).toBe(2);
    expect(valueOf(text, 'auth_failures_total{reason="enrolment_code"}')).toBe(3);
  });

  test("the label of rigs ends where it is told to", async () => {
    for (const rig of ["RIG-3", "RIG-4", "RIG-5"]) await hub.register(rig);
    expect(await rigGauges(hub.context.sql, 2)).toHaveLength(2);
    expect(RIG_LABELS_MAX).toBe(1000);
  });
});
