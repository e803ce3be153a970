import { expect, test } from "bun:test";
import type { LibraryRequest } from "../../../src/domain/library.ts";
import { SYNC_LOG_MAX } from "../../../src/db/sync-log.ts";
import { keyHash } from "../../../src/base/api-key.ts";
import { publish, rigKey } from "../../support/episode-rows.ts";
import { hubLibrary } from "../../support/hub-library.ts";
import { ask } from "../../support/library-client.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

/** One in 32 trims, by the seed of the context. */
const SYNCS_UNTIL_TRIMMED = 200;

interface Stamps {
  readonly status: string;
  readonly last_seen: Date | null;
  readonly last_sync: Date | null;
  readonly synced_version: number | null;
  readonly spoke_version: string | null;
  readonly clock_offset_s: number | null;
  readonly dropped_events: number;
}

forEachEngine("a rig that polls", (engine) => {
  const hub = hubLibrary(engine, ["RIG-1", "RIG-2", "RIG-3"]);
  const poll = (request: Partial<LibraryRequest>) =>
    hub.library.answer({ key: rigKey("RIG-2"), since: 0, acceptsZstd: true, ...request });
  async function stamps(rigId: string): Promise<Stamps | undefined> {
    const [row] = await hub.sql<Stamps[]>`
      select status, last_seen, last_sync, synced_version, spoke_version, clock_offset_s, dropped_events
      from rigs where rig_id = ${rigId}`;
    return row;
  }

  test("is refused without a key, and with one that nobody has", async () => {
    expect(await rejection(poll({ key: undefined }))).toMatchObject({ code: "unauthorised" });
    expect(await rejection(poll({ key: "sk-fleet-nobody" }))).toMatchObject({ code: "unauthorised" });
  });

  test("is refused when it says that it is another rig, and leaves no stamp", async () => {
    expect(await rejection(poll({ claimedRigId: "RIG-3" }))).toMatchObject({ code: "rig_mismatch" });
    expect(await rejection(poll({ claimedRigId: "no\0name" }))).toMatchObject({ code: "rig_mismatch" });
    expect(await stamps("RIG-2")).toMatchObject({ last_seen: null, last_sync: null });
    expect(await poll({ claimedRigId: "RIG-2" })).toMatchObject({ status: 304 });
  });

  test("is refused once revoked, and stays revoked", async () => {
    await hub.sql`update rigs set status = 'revoked' where rig_id = 'RIG-3'`;
    expect(await rejection(poll({ key: rigKey("RIG-3") }))).toMatchObject({ code: "rig_revoked" });
    expect(await stamps("RIG-3")).toMatchObject({ status: "revoked", last_seen: null });
  });

  test("defect 29: a rig that only syncs is seen, and an inactive one is active again", async () => {
    await hub.sql`update rigs set status = 'inactive', last_seen = null where rig_id = 'RIG-2'`;
    await poll({});
    const now = new Date(hub.context.clock.now());
    expect(await stamps("RIG-2")).toMatchObject({ status: "active", last_seen: now, last_sync: now });
  });

  test("may tell its clock, its version and what it dropped; nonsense is passed over", async () => {
    const now = hub.context.clock.now();
    await poll({ rigTimeMs: now + 90_000, spokeVersion: "0.1.0", droppedEvents: 3 });
    await poll({ rigTimeMs: Number.NaN, spokeVersion: "<b>", droppedEvents: -7 });
    await poll({ droppedEvents: 2 });
    expect(await stamps("RIG-2")).toMatchObject({ clock_offset_s: 90, spoke_version: "0.1.0", dropped_events: 5 });
  });

  test("may use the key before the last for as long as both are good", async () => {
    const until = new Date(hub.context.clock.now() + 1000);
    await hub.sql`
      update rigs set previous_key_hash = ${keyHash("sk-fleet-old")}, previous_key_until = ${until}
      where rig_id = 'RIG-2'`;
    expect(await poll({ key: "sk-fleet-old" })).toMatchObject({ status: 304 });
    hub.context.clock.advance(1000);
    expect(await rejection(poll({ key: "sk-fleet-old" }))).toMatchObject({ code: "unauthorised" });
  });

  test("is known to have what it says it has, and what its last page brought", async () => {
    const put = ["a", "b", "c"].map((id) => ({ id }));
    const version = await publish(hub.sql, { put });
    const first = await ask(hub.library, "RIG-2", { since: 0, limit: 2 });
    expect(await stamps("RIG-2")).toMatchObject({ synced_version: 0 });
    await ask(hub.library, "RIG-2", { page: first?.next ?? "", limit: 2 });
    expect(await stamps("RIG-2")).toMatchObject({ synced_version: version });
    await poll({ since: 0, epoch: "another" });
    expect(await stamps("RIG-2")).toMatchObject({ synced_version: version });
  });

  test("has one row a sync in the log, also when a page is asked for twice", async () => {
    await hub.sql`delete from sync_log`;
    const first = await ask(hub.library, "RIG-2", { since: 0, limit: 2 });
    for (const _again of [1, 2]) await ask(hub.library, "RIG-2", { page: first?.next ?? "", limit: 2 });
    const rows = await hub.sql`select rig_id, episodes_sent, library_version from sync_log`;
    expect([...rows]).toEqual([{ rig_id: "RIG-2", episodes_sent: 3, library_version: 1 }]);
    expect(await poll({ since: 1 })).toMatchObject({ status: 304 });
    expect(await hub.sql`select 1 from sync_log`).toHaveLength(1);
  });

  test("cannot write into another rig's log by a page that it made up", async () => {
    const first = await ask(hub.library, "RIG-2", { since: 0, limit: 1 });
    const mark = JSON.parse(Buffer.from(first?.next ?? "", "base64url").toString()) as { sent: number };
    const page = Buffer.from(JSON.stringify({ ...mark, sent: 1_000_000 })).toString("base64url");
    const before = await hub.sql`select * from sync_log order by id`;
    await hub.library.answer({ key: rigKey("RIG-1"), page, acceptsZstd: true });
    expect([...(await hub.sql`select * from sync_log order by id`)]).toEqual([...before]);
  });

  test("leaves a bounded log", async () => {
    await hub.sql`
      insert into sync_log (rig_id, synced_at, episodes_sent, library_version)
      select 'RIG-2', timestamptz '2026-01-01' + n * interval '1 second', 1, 1
      from generate_series(1, ${SYNC_LOG_MAX * 2}::int) n`;
    for (let sync = 0; sync < SYNCS_UNTIL_TRIMMED; sync++) await poll({});
    const [row] = await hub.sql<{ kept: number }[]>`select count(*) as kept from sync_log where rig_id = 'RIG-2'`;
    expect(row?.kept).toBeLessThanOrEqual(SYNC_LOG_MAX + SYNCS_UNTIL_TRIMMED);
  });
});
