import { describe, expect, test } from "bun:test";
import {
  cancelEnrolment,
  CODE_LIFETIME_MS,
  createEnrolment,
  listEnrolments,
  readEnrolment,
} from "../../src/domain/enrolment.ts";
import { useCode } from "../../src/domain/enrolment-use.ts";
import { authenticateRig, registerRig, revokeRig } from "../../src/domain/rigs.ts";
import { ADMIN, domainHub } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const PLACE = { well_id: "W-1", field: "North", time_zone: "America/Chicago" };
const FROM = { address: "10.88.0.7", requestId: "r-7" };

forEachEngine("an enrolment code", (engine) => {
  const hub = domainHub(engine);
  let rigs = 0;
  const newRig = () => ({ rig_id: `ENROL-${++rigs}`, ...PLACE });
  const create = (rig: ReturnType<typeof newRig>) => createEnrolment(hub.context, rig, ADMIN);
  const use = (code: string, rig_id?: string) => useCode(hub.context, { code, rig_id }, FROM);

  test("makes a machine the rig of the admin's form, and is kept as a hash only", async () => {
    const rig = newRig();
    const { id, code, expires_at } = await create(rig);
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(expires_at).toBe(new Date(hub.context.clock.now() + CODE_LIFETIME_MS).toISOString());
    const stored = JSON.stringify([await hub.sql`select * from enrolments`, await hub.sql`select * from admin_audit`]);
    expect(stored).not.toContain(code);
    expect(stored).not.toContain(code.replace("-", ""));
    const { api_key, ...enrolled } = await use(code.toLowerCase(), rig.rig_id);
    expect(enrolled).toEqual({ rig_id: rig.rig_id, well_id: "W-1", field: "North" });
    expect(await authenticateRig(hub.context, api_key)).toMatchObject({ rigId: rig.rig_id });
    const [row] = await hub.sql`select status, time_zone, key_issued_at from rigs where rig_id = ${rig.rig_id}`;
    expect(row).toEqual({
      status: "active",
      time_zone: "America/Chicago",
      key_issued_at: new Date(hub.context.clock.now()),
    });
    const entries = await hub.sql`
      select actor, address, action, after, detail->'enrolment' as enrolment
      from admin_audit where target = ${rig.rig_id} order by id`;
    expect([...entries]).toEqual([
      { actor: "admin", address: "127.0.0.1", action: "enrolment.create", after: PLACE, enrolment: id },
      {
        actor: "enrolment",
        address: FROM.address,
        action: "rig.enrol",
        after: { status: "active", ...PLACE },
        enrolment: id,
      },
    ]);
    expect(JSON.stringify([await hub.sql`select * from admin_audit`])).not.toContain(api_key);
  });

  test("is good once", async () => {
    const { code } = await create(newRig());
    await use(code);
    expect(await rejection(use(code))).toMatchObject({ code: "gone", message: expect.stringContaining("was used at") });
  });

  test("serves exactly one of fifty that come at once", async () => {
    const rig = newRig();
    const { code } = await create(rig);
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => use(code)));
    const served = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(served).toHaveLength(1);
    expect(refused).toHaveLength(49);
    for (const fault of refused) expect(fault).toMatchObject({ code: "gone" });
    expect(await authenticateRig(hub.context, served[0]?.api_key)).toMatchObject({ rigId: rig.rig_id });
  });

  test("ends after a day", async () => {
    const { id, code } = await create(newRig());
    hub.context.clock.advance(CODE_LIFETIME_MS);
    expect(await rejection(use(code))).toMatchObject({ code: "gone", message: expect.stringContaining("ended at") });
    expect(await readEnrolment(hub.context, id)).toMatchObject({ state: "expired", used_at: null });
  });

  test("that was never given out is like any other such", async () => {
    const answers = await Promise.all(["00000000", "nonsense", "", "ZZZZ-ZZZZ"].map((code) => rejection(use(code))));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ code: "not_found" });
  });

  test("ends with the next one of the same rig, and only of it", async () => {
    const [rig, other] = [newRig(), newRig()];
    const [first, kept] = [await create(rig), await create(other)];
    const second = await create({ ...rig, well_id: "W-2" });
    expect(await rejection(use(first.code))).toMatchObject({ code: "gone", message: "the code was withdrawn" });
    expect(await readEnrolment(hub.context, first.id)).toMatchObject({ state: "cancelled" });
    expect(await use(second.code)).toMatchObject({ well_id: "W-2" });
    expect(await use(kept.code)).toMatchObject({ rig_id: other.rig_id });
  });

  test("is one, however many admins make it at once", async () => {
    const rig = newRig();
    await Promise.all(Array.from({ length: 8 }, () => create(rig)));
    const [open] = await hub.sql`
      select count(*) as codes from enrolments where rig_id = ${rig.rig_id} and cancelled_at is null`;
    expect(open).toEqual({ codes: 1 });
  });

  test("is not spent by another machine", async () => {
    const { code } = await create(newRig());
    expect(await rejection(use(code, "ANOTHER-1"))).toMatchObject({ code: "rig_mismatch" });
    expect(await use(code)).toMatchObject({ well_id: "W-1" });
  });

  test("is withdrawn by an admin until it is used", async () => {
    const [withdrawn, used] = [await create(newRig()), await create(newRig())];
    await cancelEnrolment(hub.context, withdrawn.id, ADMIN);
    await cancelEnrolment(hub.context, withdrawn.id, ADMIN);
    expect(await rejection(use(withdrawn.code))).toMatchObject({ code: "gone" });
    await use(used.code);
    expect(await rejection(cancelEnrolment(hub.context, used.id, ADMIN))).toMatchObject({ code: "conflict" });
    expect(await rejection(cancelEnrolment(hub.context, 999_999, ADMIN))).toMatchObject({ code: "not_found" });
    const entries = await hub.sql`select detail from admin_audit where action = 'enrolment.cancel'`;
    expect([...entries]).toEqual([{ detail: { enrolment: withdrawn.id } }]);
  });

  describe("of a rig that is there", () => {
    test("is refused while it is active, with the way out", async () => {
      const rig = await hub.enrol();
      const asked = createEnrolment(hub.context, { rig_id: rig.identity.rigId, ...PLACE }, ADMIN);
      expect(await rejection(asked)).toMatchObject({
        code: "already_registered",
        hint: "rotate its key, or revoke it first",
      });
    });

    test("brings a revoked one back", async () => {
      const rig = await hub.enrol();
      const rig_id = rig.identity.rigId;
      await revokeRig(hub.context, rig_id, ADMIN);
      const { code } = await create({ rig_id, ...PLACE });
      const { api_key } = await use(code);
      expect(await authenticateRig(hub.context, api_key)).toMatchObject({ rigId: rig_id });
      expect(await rejection(authenticateRig(hub.context, rig.key))).toMatchObject({ code: "unauthorised" });
    });

    test("replaces a key that was lost on its way to the rig, and no other", async () => {
      const rig = newRig();
      const lost = await use((await create(rig)).code);
      const { code } = await create(rig);
      const { code: late } = await create(rig);
      expect(await rejection(use(code))).toMatchObject({ code: "gone" });
      const { api_key } = await use(late);
      expect(await rejection(authenticateRig(hub.context, lost.api_key))).toMatchObject({ code: "unauthorised" });
      await authenticateRig(hub.context, api_key);
      expect(await rejection(create(rig))).toMatchObject({ code: "already_registered" });
    });

    test("does not take the place of a rig that was registered and heard of meanwhile", async () => {
      const rig = newRig();
      const { code } = await create(rig);
      const { api_key } = await registerRig(hub.context, rig, ADMIN);
      await authenticateRig(hub.context, api_key);
      expect(await rejection(use(code))).toMatchObject({ code: "already_registered" });
      expect(await authenticateRig(hub.context, api_key)).toMatchObject({ rigId: rig.rig_id });
    });
  });

  test("tells how far the rig has come", async () => {
    const rig = newRig();
    const { id, code } = await create(rig);
    const state = async () => readEnrolment(hub.context, id);
    expect(await state()).toMatchObject({ state: "waiting", rig_id: rig.rig_id, created_by: "admin", used_at: null });
    hub.context.clock.advance(60_000);
    const { api_key } = await use(code);
    expect(await state()).toMatchObject({ state: "used", used_from: FROM.address, heard_at: null });
    hub.context.clock.advance(10_000);
    await authenticateRig(hub.context, api_key);
    const heard_at = new Date(hub.context.clock.now()).toISOString();
    expect(await state()).toMatchObject({ state: "connected", heard_at, first_sync_after_s: null });
    hub.context.clock.advance(28_000);
    const synced = new Date(hub.context.clock.now());
    await hub.sql`update rigs set last_sync = ${synced} where rig_id = ${rig.rig_id}`;
    expect(await state()).toMatchObject({ state: "synced", first_sync_after_s: null });
    await hub.sql`
      insert into sync_log (rig_id, synced_at, episodes_sent, library_version) values (${rig.rig_id}, ${synced}, 3, 7)`;
    expect(await state()).toMatchObject({ state: "synced", first_sync_after_s: 38 });
    expect((await listEnrolments(hub.context, 1))[0]).toEqual(await state());
    expect(await rejection(readEnrolment(hub.context, 999_999))).toMatchObject({ code: "not_found" });
  });

  test("is made for what is a rig's name, place and zone only", async () => {
    for (const wrong of [{ rig_id: "-x" }, { well_id: "" }, { field: "x".repeat(201) }, { time_zone: "Moon/Base" }]) {
      expect(await rejection(create({ ...newRig(), ...wrong }))).toMatchObject({ code: "schema" });
    }
  });
});
