import { expect, test } from "bun:test";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { purgeRig } from "../../src/domain/purge.ts";
import { authenticateRig, getRig, registerRig, revokeRig } from "../../src/domain/rigs.ts";
import { ADMIN, domainHub, type EnrolledRig } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

/** Fewer than may wait in the queue. */
const CHUNK = 200;
const PLACE = { well_id: "W-1", field: "North" };

forEachEngine("purging a rig", (engine) => {
  const hub = domainHub(engine);

  function idOf(rig: EnrolledRig): string {
    return rig.identity.rigId;
  }

  /** Events with an outcome, a twin, and an episode each; the last episode is archived. */
  async function rigWithEvents(count: number): Promise<{ rig: EnrolledRig; ids: string[] }> {
    const rig = await hub.enrol();
    const events = Array.from({ length: count }, () => rig.event({ history_window: [{ depth: 1 }] }));
    const chunks = Array.from({ length: Math.ceil(count / CHUNK) }, (_, at) =>
      events.slice(at * CHUNK, (at + 1) * CHUNK),
    );
    for (const chunk of chunks) await Promise.all(chunk.map((event) => hub.upload(rig, event)));
    const ids = events.map(({ id }) => id);
    const patch = { outcome: "Resolved", action_taken: "sweep" } as const;
    await recordOutcome(hub.context, { rig: rig.identity, eventId: ids[0] ?? "", patch });
    await Promise.all(events.slice(0, 2).map((event) => hub.upload(rig, { ...event, depth: 1 })));
    await hub.sql`
      insert into episodes (id, source_event_id, rig_id, well_id, field, category, campaign, depth_min, depth_max,
        risk_level, severity, outcome, event_count, detail, diversity, score, scored_at, published_score, key_metrics,
        situation, timestamp, archived, version, body, curated_at)
      select id || '-episode', id, rig_id, well_id, field, category, campaign, depth, depth, risk_level, severity,
        outcome, 1, 0, 0, 0, received_at, 0, key_metrics, situation, timestamp, id = ${ids.at(-1) ?? ""}, 1, '{}',
        received_at
      from events where rig_id = ${idOf(rig)}`;
    return { rig, ids };
  }

  async function left(rig: EnrolledRig): Promise<Record<string, unknown> | undefined> {
    const id = idOf(rig);
    const [row] = await hub.sql`
      select (select count(*) from events where rig_id = ${id}) as events,
        (select count(*) from episodes where rig_id = ${id}) as episodes,
        (select count(*) from quarantine where rig_id = ${id}) as aside,
        (select count(*) from daily_counts where rig_id = ${id}) as days`;
    return row;
  }

  test("is refused while it is not revoked, and for a rig that is not there", async () => {
    const { rig } = await rigWithEvents(2);
    expect(await rejection(purgeRig(hub.context, idOf(rig), ADMIN))).toMatchObject({ code: "conflict" });
    expect(await rejection(purgeRig(hub.context, "NOBODY", ADMIN))).toMatchObject({ code: "not_found" });
    expect(await left(rig)).toMatchObject({ events: 2, episodes: 2 });
  });

  test("removes all it sent, tells the others to forget it by a new version, and is audited", async () => {
    const [gone, stays] = [await rigWithEvents(3), await rigWithEvents(1)];
    await revokeRig(hub.context, idOf(gone.rig), ADMIN);
    expect(await purgeRig(hub.context, idOf(gone.rig), ADMIN)).toEqual({
      rig_id: idOf(gone.rig),
      events: 3,
      episodes: 2,
    });
    expect(await left(gone.rig)).toEqual({ events: 0, episodes: 0, aside: 0, days: 0 });
    expect(await left(stays.rig)).toMatchObject({ events: 1, episodes: 1 });
    const graves = await hub.sql`
      select episode_id, reason, version = (select max(version) from library_versions) as newest from tombstones
      where rig_id = ${idOf(gone.rig)} order by episode_id`;
    const buried = gone.ids.slice(0, 2).map((id) => ({ episode_id: `${id}-episode`, reason: "purged", newest: true }));
    expect([...graves]).toEqual(buried);
    const audited = await hub.sql`select action from admin_audit where target = ${idOf(gone.rig)} order by id`;
    const actions = audited.map((row) => row["action"] as unknown);
    expect(actions).toEqual(["rig.register", "rig.revoke", "rig.purge", "rig.purged"]);
    expect(await getRig(hub.context, idOf(gone.rig))).toMatchObject({ status: "revoked", event_count: 0 });
  });

  test("takes as many batches as it needs, and a second call finds nothing", async () => {
    const { rig } = await rigWithEvents(1_003);
    await revokeRig(hub.context, idOf(rig), ADMIN);
    const purged = { rig_id: idOf(rig), events: 1_003, episodes: 1_002 };
    expect(await purgeRig(hub.context, idOf(rig), ADMIN)).toEqual(purged);
    expect(await purgeRig(hub.context, idOf(rig), ADMIN)).toEqual({ rig_id: idOf(rig), events: 0, episodes: 0 });
  }, 30_000);

  test("leaves the name free to be enrolled again, and its events to be sent again", async () => {
    const { rig, ids } = await rigWithEvents(1);
    await revokeRig(hub.context, idOf(rig), ADMIN);
    await purgeRig(hub.context, idOf(rig), ADMIN);
    const { api_key } = await registerRig(hub.context, { rig_id: idOf(rig), ...PLACE }, ADMIN);
    const identity = await authenticateRig(hub.context, api_key);
    const event = { ...rig.event(), id: ids[0] ?? "" };
    expect((await hub.upload(rig, event, { rig: identity })).status).toBe("accepted");
  });
});
