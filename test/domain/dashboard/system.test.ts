import { expect, test } from "bun:test";
import { backups, databaseState, limitsInForce, versions } from "../../../src/domain/dashboard/system.ts";
import { domainHub } from "../../support/domain-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";

forEachEngine("system", (engine) => {
  const hub = domainHub(engine, {
    settings: {
      admin_key: "an-admin-key-nobody-sees",
      ...(engine === "server" ? { database_url: "postgres://user:a-password-nobody-sees@host/db" } : {}),
    },
  });

  test("the database says what it is, and what is not known is null", async () => {
    const state = await databaseState(hub.context);
    expect(state).toMatchObject({ engine, growth_bytes_per_day: null, disk_days_left: null, replicas: [] });
    expect(state.bytes).toBeGreaterThan(1_000_000);
    expect(state.schema).toMatch(/^\d{4}-/);
    expect(state.server_version).toMatch(/^\d+\.\d+/);
  });

  test("growth is taken over the days that are known", async () => {
    await hub.sql`insert into size_log (day, database_bytes, events, episodes) values
      ('2026-11-01', 1000, 1, 1), ('2026-11-04', 4000, 2, 2)`;
    expect(await databaseState(hub.context)).toMatchObject({ growth_bytes_per_day: 1000, growth_days: 3 });
  });

  test("spokes are counted by version, those that do not say too", async () => {
    await hub.enrol("RIG-A");
    await hub.enrol("RIG-B");
    await hub.enrol("RIG-GONE");
    await hub.sql`update rigs set spoke_version = '0.1.0' where rig_id = 'RIG-A'`;
    await hub.sql`update rigs set status = 'revoked' where rig_id = 'RIG-GONE'`;
    const { spokes } = await versions(hub.context);
    expect(spokes).toEqual([
      { spoke_version: "0.1.0", rigs: 1 },
      { spoke_version: null, rigs: 1 },
    ]);
  });

  test("backups come newest first, failures too", async () => {
    const [early, late] = [new Date("2026-11-01T00:00:00Z"), new Date("2026-11-02T00:00:00Z")];
    await hub.sql`insert into backup_log ${hub.sql([
      { kind: "backup", at: early, ok: true },
      { kind: "backup", at: late, ok: false },
    ])}`;
    expect((await backups(hub.context)).map(({ at, ok }) => [at, ok])).toEqual([
      [late.toISOString(), false],
      [early.toISOString(), true],
    ]);
  });

  test("limits in force hold no secret", () => {
    const limits = limitsInForce(hub.context);
    expect(limits.find(({ name }) => name === "library_max_episodes")).toMatchObject({
      value: "50000",
      standard: true,
    });
    expect(JSON.stringify(limits)).not.toContain("nobody-sees");
  });
});
