import { describe, expect, test } from "bun:test";
import type { Sql } from "postgres";
import { authenticateRig, getRig, listRigs, markInactiveRigs, registerRig, revokeRig } from "../../src/domain/rigs.ts";
import { endOldKey, rigKeys, rotateRigKey } from "../../src/domain/rig-keys.ts";
import { ADMIN, domainHub, type EnrolledRig } from "../support/domain-hub.ts";
import { testContext } from "../support/context.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const HOUR_MS = 3_600_000;
const PLACE = { well_id: "W-1", field: "North" };

forEachEngine("rigs", (engine) => {
  const hub = domainHub(engine);

  function idOf(rig: EnrolledRig): string {
    return rig.identity.rigId;
  }

  async function audited(target: string): Promise<unknown[]> {
    const rows = await hub.sql`select action from admin_audit where target = ${target} order by id`;
    return rows.map((row) => row["action"] as unknown);
  }

  describe("registering", () => {
    test("gives a key that opens the hub, and stores its hash alone", async () => {
      const { api_key } = await registerRig(hub.context, { rig_id: "NEW-1", ...PLACE }, ADMIN);
      expect(api_key).toMatch(/^sk-fleet-[A-Za-z0-9_-]{43}$/);
      expect(await authenticateRig(hub.context, api_key)).toMatchObject({ rigId: "NEW-1" });
      const dump = JSON.stringify(await hub.sql`select * from rigs, admin_audit`);
      expect(dump).not.toContain(api_key);
      expect(await audited("NEW-1")).toEqual(["rig.register"]);
    });

    test("is refused while the rig is there", async () => {
      const rig = await hub.enrol();
      const again = registerRig(hub.context, { rig_id: idOf(rig), ...PLACE }, ADMIN);
      expect(await rejection(again)).toMatchObject({ code: "already_registered" });
      expect(await audited(idOf(rig))).toEqual(["rig.register"]);
    });

    test("brings a revoked rig back with the new key alone", async () => {
      const rig = await hub.enrol();
      await revokeRig(hub.context, idOf(rig), ADMIN);
      const { api_key } = await registerRig(hub.context, { rig_id: idOf(rig), ...PLACE }, ADMIN);
      expect(await authenticateRig(hub.context, api_key)).toMatchObject({ rigId: idOf(rig) });
      expect(await rejection(authenticateRig(hub.context, rig.key))).toMatchObject({ code: "unauthorised" });
    });

    test("keeps the crew's time zone, and what the rig was before", async () => {
      await registerRig(hub.context, { rig_id: "ZONED-1", ...PLACE, time_zone: "America/Chicago" }, ADMIN);
      await revokeRig(hub.context, "ZONED-1", ADMIN, { reason: "sold" });
      await registerRig(hub.context, { rig_id: "ZONED-1", well_id: "W-2", field: "South" }, ADMIN);
      const [rig] = await hub.sql`select time_zone, revoke_reason from rigs where rig_id = 'ZONED-1'`;
      expect(rig).toEqual({ time_zone: "UTC", revoke_reason: null });
      const entries = await hub.sql`
        select before, after from admin_audit where target = 'ZONED-1' and action = 'rig.register' order by id`;
      expect([...entries]).toEqual([
        { before: null, after: { status: "active", ...PLACE, time_zone: "America/Chicago" } },
        {
          before: { status: "revoked", ...PLACE },
          after: { status: "active", well_id: "W-2", field: "South", time_zone: "UTC" },
        },
      ]);
    });

    test("refuses what is no name", async () => {
      const attempts = [
        { rig_id: "-x", ...PLACE },
        { rig_id: "OK", well_id: " ", field: "North" },
        { rig_id: "OK", ...PLACE, time_zone: "Mars/Olympus" },
        { rig_id: "OK", ...PLACE, time_zone: "+05:00" },
        { rig_id: "OK", well_id: "W", field: "x".repeat(201) },
        { rig_id: "OK", well_id: "W\0", field: "North" },
      ];
      for (const attempt of attempts) {
        expect(await rejection(registerRig(hub.context, attempt, ADMIN))).toMatchObject({ code: "schema" });
      }
      expect(await rejection(getRig(hub.context, "OK"))).toMatchObject({ code: "not_found" });
    });
  });

  describe("a key", () => {
    test("that is missing, wrong or absurdly long opens nothing", async () => {
      for (const key of [undefined, "", "sk-fleet-guess", "x".repeat(10_000)]) {
        expect(await rejection(authenticateRig(hub.context, key))).toMatchObject({ code: "unauthorised" });
      }
    });

    test("that is good counts as being seen, at most once a minute", async () => {
      const rig = await hub.enrol();
      const at = hub.context.clock.now();
      hub.context.clock.advance(59_999);
      await authenticateRig(hub.context, rig.key);
      expect((await getRig(hub.context, idOf(rig))).last_seen).toBe(new Date(at).toISOString());
      hub.context.clock.advance(1);
      await authenticateRig(hub.context, rig.key);
      expect((await getRig(hub.context, idOf(rig))).last_seen).toBe(new Date(at + 60_000).toISOString());
    });

    test("defect 26: costs one query when it is wrong, however many rigs there are", async () => {
      const { sql, statements } = counting(hub.sql);
      const context = testContext(sql);
      for (let at = 0; at < 20; at++) {
        await hub.enrol();
        const before = statements();
        expect(await rejection(authenticateRig(context, `sk-fleet-wrong-${at}`))).toMatchObject({
          code: "unauthorised",
        });
        expect(statements() - before).toBe(1);
      }
    });
  });

  describe("rotating a key", () => {
    test("leaves both keys good until the overlap is over", async () => {
      const rig = await hub.enrol();
      const { api_key, previous_key_until } = await rotateRigKey(hub.context, idOf(rig), ADMIN);
      expect(previous_key_until).toBe(new Date(hub.context.clock.now() + 72 * HOUR_MS).toISOString());
      await authenticateRig(hub.context, rig.key);
      expect((await hub.upload(rig, rig.event())).status).toBe("accepted");
      hub.context.clock.advance(72 * HOUR_MS);
      expect(await rejection(authenticateRig(hub.context, rig.key))).toMatchObject({ code: "unauthorised" });
      expect(await rejection(hub.upload(rig, rig.event()))).toMatchObject({ code: "unauthorised" });
      expect(await authenticateRig(hub.context, api_key)).toMatchObject({ rigId: idOf(rig) });
      expect(await audited(idOf(rig))).toEqual(["rig.register", "rig.rotate_key"]);
    });

    test("twice ends the oldest at once", async () => {
      const rig = await hub.enrol();
      const second = await rotateRigKey(hub.context, idOf(rig), ADMIN);
      await rotateRigKey(hub.context, idOf(rig), ADMIN);
      expect(await rejection(authenticateRig(hub.context, rig.key))).toMatchObject({ code: "unauthorised" });
      expect(await authenticateRig(hub.context, second.api_key)).toMatchObject({ rigId: idOf(rig) });
    });

    test("without an overlap ends the old one at once", async () => {
      const rig = await hub.enrol();
      const strict = testContext(hub.sql, { random: hub.context.random, settings: { key_overlap_hours: 0 } });
      expect(await rotateRigKey(strict, idOf(rig), ADMIN)).toMatchObject({ previous_key_until: null });
      expect(await rejection(authenticateRig(hub.context, rig.key))).toMatchObject({ code: "unauthorised" });
    });

    test("keeps which key was used last, and ends the old one when it is no longer needed", async () => {
      const rig = await hub.enrol();
      await hub.sql`update rigs set key_used_at = ${new Date(hub.context.clock.now())} where rig_id = ${idOf(rig)}`;
      const issued = (await rigKeys(hub.context, idOf(rig))).key_issued_at;
      expect(await rejection(endOldKey(hub.context, idOf(rig), ADMIN))).toMatchObject({ code: "conflict" });
      hub.context.clock.advance(HOUR_MS);
      const { api_key, previous_key_until } = await rotateRigKey(hub.context, idOf(rig), ADMIN);
      const rotated = new Date(hub.context.clock.now()).toISOString();
      expect(await rigKeys(hub.context, idOf(rig))).toMatchObject({
        key_issued_at: rotated,
        key_used_at: null,
        previous_key_until,
        previous_key_used_at: issued,
      });
      await endOldKey(hub.context, idOf(rig), ADMIN);
      expect(await rejection(authenticateRig(hub.context, rig.key))).toMatchObject({ code: "unauthorised" });
      expect(await authenticateRig(hub.context, api_key)).toMatchObject({ rigId: idOf(rig) });
      const changes = await hub.sql`
        select action, before, after from admin_audit where target = ${idOf(rig)} order by id desc limit 2`;
      expect([...changes]).toEqual([
        {
          action: "rig.end_old_key",
          before: { key_issued_at: rotated, previous_key_until },
          after: { key_issued_at: rotated, previous_key_until: null },
        },
        {
          action: "rig.rotate_key",
          before: { key_issued_at: issued, previous_key_until: null },
          after: { key_issued_at: rotated, previous_key_until },
        },
      ]);
      expect(await rejection(rigKeys(hub.context, "NOBODY"))).toMatchObject({ code: "not_found" });
    });

    test("is refused for a rig that is unknown or revoked", async () => {
      const rig = await hub.enrol();
      await revokeRig(hub.context, idOf(rig), ADMIN);
      expect(await rejection(rotateRigKey(hub.context, idOf(rig), ADMIN))).toMatchObject({ code: "rig_revoked" });
      expect(await rejection(rotateRigKey(hub.context, "NOBODY", ADMIN))).toMatchObject({ code: "not_found" });
    });
  });

  describe("revoking", () => {
    test("shuts the rig out, and says since when, however often", async () => {
      const rig = await hub.enrol();
      const first = await revokeRig(hub.context, idOf(rig), ADMIN);
      hub.context.clock.advance(HOUR_MS);
      expect(await revokeRig(hub.context, idOf(rig), ADMIN)).toEqual(first);
      expect(await rejection(authenticateRig(hub.context, rig.key))).toMatchObject({ code: "rig_revoked" });
      expect(await rejection(hub.upload(rig, rig.event()))).toMatchObject({ code: "rig_revoked" });
      expect(await audited(idOf(rig))).toEqual(["rig.register", "rig.revoke"]);
      expect(await rejection(revokeRig(hub.context, "NOBODY", ADMIN))).toMatchObject({ code: "not_found" });
    });

    test("keeps the first reason, with the rig and in the audit", async () => {
      const rig = await hub.enrol();
      await revokeRig(hub.context, idOf(rig), ADMIN, { reason: " laptop stolen " });
      await revokeRig(hub.context, idOf(rig), ADMIN, { reason: "again" });
      expect(await rigKeys(hub.context, idOf(rig))).toMatchObject({
        status: "revoked",
        revoke_reason: "laptop stolen",
      });
      const [entry] = await hub.sql`select before, after from admin_audit where action = 'rig.revoke' order by id desc`;
      expect(entry).toEqual({
        before: { status: "active" },
        after: { status: "revoked", reason: "laptop stolen" },
      });
      for (const reason of ["x".repeat(501), "a\u0000b"]) {
        expect(await rejection(revokeRig(hub.context, idOf(rig), ADMIN, { reason }))).toMatchObject({ code: "schema" });
      }
    });

    test("refuses one upload of a group and takes the others", async () => {
      const [out, good] = [await hub.enrol(), await hub.enrol()];
      await revokeRig(hub.context, idOf(out), ADMIN);
      const rigs = [good, out, good, out, good];
      const results = await Promise.allSettled(rigs.map((rig) => hub.upload(rig, rig.event())));
      expect(results.map(({ status }) => status === "fulfilled")).toEqual([true, false, true, false, true]);
    });
  });

  describe("a view", () => {
    test("has everything but hashes, and the list is by name", async () => {
      const rig = await hub.enrol();
      await hub.upload(rig, rig.event());
      const view = await getRig(hub.context, idOf(rig));
      expect(view).toMatchObject({ status: "active", event_count: 1, synced_version: null, dropped_events: 0 });
      expect(Object.keys(view).filter((name) => name.includes("hash"))).toEqual([]);
      const names = (await listRigs(hub.context)).map(({ rig_id }) => rig_id);
      expect(names).toEqual(names.toSorted());
      expect(names).toContain(idOf(rig));
    });
  });

  test("a rig unseen for 48 hours is inactive until it is seen, and a revoked one stays revoked", async () => {
    const [quiet, out] = [await hub.enrol(), await hub.enrol()];
    await revokeRig(hub.context, idOf(out), ADMIN);
    hub.context.clock.advance(48 * HOUR_MS);
    const fresh = await hub.enrol();
    hub.context.clock.advance(1);
    const marked = await markInactiveRigs(hub.context);
    expect(marked).toContain(idOf(quiet));
    expect(marked).not.toContain(idOf(fresh));
    expect(marked).not.toContain(idOf(out));
    expect((await getRig(hub.context, idOf(quiet))).status).toBe("inactive");
    await authenticateRig(hub.context, quiet.key);
    expect((await getRig(hub.context, idOf(quiet))).status).toBe("active");
  });
});

/** The same client, counting statements. */
function counting(sql: Sql): { sql: Sql; statements: () => number } {
  let count = 0;
  const counted = new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      const [first] = args;
      if (Array.isArray(first) && "raw" in first) count++;
      return Reflect.apply(target, self, args) as unknown;
    },
  });
  return { sql: counted, statements: () => count };
}
