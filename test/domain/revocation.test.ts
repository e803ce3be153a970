import { expect, test } from "bun:test";
import { seededRandom } from "../../src/base/random.ts";
import { createIngest } from "../../src/domain/ingest.ts";
import { revokeRig } from "../../src/domain/rigs.ts";
import { ADMIN, domainHub, uploadOf, type EnrolledRig } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";

/** Each costs the embedded database ten commits with a flush. */
const REVOCATIONS = { server: 1_000, embedded: 200 };
const AT_ONCE = 40;

forEachEngine("revocation under load", (engine) => {
  const hub = domainHub(engine);
  const count = REVOCATIONS[engine];

  test(`defect 26: of ${count} revocations none lets an event in after its commit`, async () => {
    const random = seededRandom(26);
    const revoked = new Set<string>();
    const ingests = [createIngest(hub.context), createIngest(hub.context)];
    const tally = { acceptedAfter: 0, accepted: 0, refused: 0 };

    async function send(rig: EnrolledRig): Promise<void> {
      const after = revoked.has(rig.identity.rigId);
      const ingest = ingests[random.u32() % ingests.length];
      const upload = uploadOf(hub.context, rig, rig.event({ history_window: [{ depth: 1 }] }));
      const [result] = await Promise.allSettled([ingest?.accept(upload)]);
      if (result.status === "rejected") {
        expect(result.reason).toMatchObject({ code: "rig_revoked" });
        tally.refused++;
      } else if (after) tally.acceptedAfter++;
      else tally.accepted++;
    }

    async function live(rig: EnrolledRig): Promise<void> {
      const before = [send(rig), send(rig)];
      const { rigId } = rig.identity;
      const gone = revokeRig(hub.context, rigId, ADMIN).then(() => revoked.add(rigId));
      await Promise.all([...before, send(rig), gone]);
      await send(rig);
    }

    for (let done = 0; done < count; done += AT_ONCE) {
      const rigs = await Promise.all(Array.from({ length: AT_ONCE }, () => hub.enrol()));
      await Promise.all(rigs.map(live));
    }
    expect(tally.acceptedAfter).toBe(0);
    expect(tally.accepted + tally.refused).toBe(4 * count);
    expect(tally.refused).toBeGreaterThanOrEqual(count);
    const [stored] = await hub.sql`
        select count(*) as events, (select sum(event_count)::int from rigs) as counted from events`;
    expect(stored).toEqual({ events: tally.accepted, counted: tally.accepted });
  }, 60_000);

  // The embedded database has one connection: no transaction there can meet another one half way.
  if (engine === "server") {
    test("defect 26: a revocation waits for the upload whose key was already checked, and comes after it", async () => {
      const rig = await hub.enrol();
      const [stored, event] = [rig.event(), rig.event()];
      await hub.upload(rig, stored);
      const order: string[] = [];
      const inTheWay = await holdId(stored.id, event.id);
      const sent = hub.upload(rig, event).then(({ status }) => order.push(status));
      await blocked(1);
      const gone = revokeRig(hub.context, rig.identity.rigId, ADMIN).then(() => order.push("revoked"));
      await Promise.race([gone, blocked(2)]);
      inTheWay.release();
      await Promise.all([sent, gone, inTheWay.ended]);
      expect(order).toEqual(["accepted", "revoked"]);
    });
  }

  /** Another writer of the same id, which takes it back when released: whoever inserts it too has to wait. */
  async function holdId(from: string, id: string): Promise<{ release: () => void; ended: Promise<unknown> }> {
    const released = Promise.withResolvers<void>();
    const inserted = Promise.withResolvers<void>();
    const ended = hub.sql.begin(async (tx) => {
      await tx`
        insert into events select (jsonb_populate_record(null::events, to_jsonb(events) || ${tx.json({ id })})).*
        from events where id = ${from}`;
      inserted.resolve();
      await released.promise;
      await tx`delete from events where id = ${id}`;
    });
    await Promise.race([inserted.promise, ended]);
    return { release: released.resolve, ended };
  }

  /** Until so many connections wait for another one's lock. */
  async function blocked(connections: number): Promise<void> {
    for (;;) {
      const [row] = await hub.sql`
        select count(*) as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      if (Number(row?.["waiting"]) >= connections) return;
    }
  }
});
