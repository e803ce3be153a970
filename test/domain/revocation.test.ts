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
});
