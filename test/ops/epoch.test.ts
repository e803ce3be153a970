import { expect, test } from "bun:test";
import { startNewEpoch } from "../../src/domain/epoch.ts";
import { registerRig } from "../../src/domain/rigs.ts";
import { anEvent } from "../support/builders.ts";
import { ADMIN } from "../support/domain-hub.ts";
import { shellFor } from "../support/hub-shell.ts";
import { forEachEngine, testDatabase, type TestDatabase } from "../support/postgres.ts";
import { hubOver, netTo, wholeRig } from "../support/restored-hub.ts";

/** `fleet-hub epoch raise …` over a database on a server. */
async function raise(database: TestDatabase, ...flags: readonly string[]): Promise<string> {
  const { run, printed } = shellFor(database);
  expect(await run("epoch", "raise", ...flags)).toBe(0);
  return printed.join("\n");
}

async function epochOf({ sql }: TestDatabase): Promise<unknown> {
  return (await sql<{ epoch: string }[]>`select epoch from library_state`)[0]?.epoch;
}

test("epoch raise begins another epoch and says so in the audit; a dry run changes nothing", async () => {
  const database = await testDatabase("server");
  const before = await epochOf(database);
  expect(await raise(database, "--dry-run")).toContain(`would end epoch ${String(before)}`);
  expect(await epochOf(database)).toBe(before);
  expect(await database.sql`select from admin_audit`).toHaveLength(0);
  const raised = JSON.parse(await raise(database, "--json", "--reason", "db2 was promoted")) as unknown;
  const after = await epochOf(database);
  expect(raised).toEqual({ before, after });
  expect(after).not.toBe(before);
  const [entry] = await database.sql`select actor, action, before, after, detail from admin_audit`;
  expect(entry).toEqual({
    actor: "cli",
    action: "epoch.raise",
    before: { epoch: before },
    after: { epoch: after },
    detail: { reason: "db2 was promoted" },
  });
  await database.close();
});

forEachEngine("after a raised epoch", (engine) => {
  test("a rig offers what it has sent, and sends only what is missing", async () => {
    const hub = await hubOver(await testDatabase(engine));
    const { net, asked } = netTo(() => hub);
    const { api_key } = await registerRig(hub.context, { rig_id: "RIG-1", well_id: "W", field: "F" }, ADMIN);
    const rig = wholeRig(net, { rig_id: "RIG-1", api_key });
    for (const at of [0, 700, 1400]) rig.enqueue(anEvent({ rig_id: "RIG-1", timestamp: 1_790_000_000 + at }));
    const uploader = rig.uploader();
    await uploader.uploadOnce();
    await hub.curator.run("request");
    await rig.sync.syncOnce();
    // As a standby would have it that never heard of the last one.
    await hub.context.sql`delete from events where id = 'RIG-1-1790001400'`;
    await startNewEpoch(hub.context, ADMIN, undefined);
    asked.length = 0;
    await rig.sync.syncOnce();
    await uploader.uploadOnce();
    expect(asked.filter((call) => call.startsWith("POST"))).toEqual(["POST offer", "POST events"]);
    const rows = await hub.context.sql<{ id: string }[]>`select id from events order by id`;
    expect(rows.map(({ id }) => id)).toEqual(["RIG-1-1790000000", "RIG-1-1790000700", "RIG-1-1790001400"]);
    rig.close();
    await hub.close();
  });
});
