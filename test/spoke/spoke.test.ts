import { expect, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSpoke, type Spoke } from "../../spoke/spoke.ts";
import type { SpokeSettings } from "../../spoke/settings.ts";
import { anEvent } from "../support/builders.ts";
import { anEpisode } from "../support/library-hub.ts";
import { playedHub, SAIREN_URL, type PlayedHub } from "../support/played-hub.ts";
import { rigContext, type RigContext } from "../support/rig.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const BASE = "http://127.0.0.1:8790/api/v1";
const PATIENCE_MS = 10_000;

/** Polls without sleeping: what runs is only waiting for its own promises and the disk. */
async function until(condition: () => boolean, claim: string): Promise<void> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < PATIENCE_MS) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`it never came about that ${claim}`);
}

async function started(
  hub: PlayedHub,
  settings: Partial<SpokeSettings> = {},
): Promise<{ spoke: Spoke; context: RigContext }> {
  const context = rigContext({ net: hub.net, settings });
  const spoke = await createSpoke(context);
  spoke.start();
  return { spoke, context };
}

function post(spoke: Spoke, path: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return spoke.handle(new Request(BASE + path, { method: "POST", body: JSON.stringify(body), headers }));
}

async function recallIds(spoke: Spoke): Promise<string[]> {
  const reply = await post(spoke, "/recall", { category: "WellControl" });
  const { precedents } = (await reply.json()) as { precedents: { episode: { id: string } }[] };
  return precedents.map(({ episode }) => episode.id);
}

test("defect 6: one process runs upload, outcomes, library, folder and polling, and recall answers from it", async () => {
  const hub = playedHub();
  const folder = temporaryDirectory();
  hub.library.put(anEpisode());
  const second = anEvent({ timestamp: 1_794_190_000 });
  writeFileSync(join(folder, `${second.id}.json`), JSON.stringify(second));
  hub.acknowledgments.push({
    ticket_timestamp: second.timestamp,
    acknowledged_by: "driller",
    acknowledged_at: 1_794_190_060,
    notes: "",
    action_taken: "shut_in",
  });
  const { spoke } = await started(hub, { queue_dir: folder, sairen_url: SAIREN_URL });
  const first = anEvent();
  expect((await post(spoke, "/events", first)).status).toBe(201);
  await until(() => hub.events.includes(first.id), "the event that was posted is uploaded");
  await until(() => hub.events.includes(second.id), "the event of the folder is uploaded");
  await until(() => hub.outcomes.length === 1, "the outcome follows its event");
  expect(hub.outcomes[0]).toMatchObject({ id: second.id, body: { outcome: "Resolved", action_taken: "shut_in" } });
  await until(() => readdirSync(folder).length === 0, "the folder's file is gone once its event is on disk");
  await until(() => hub.library.asked.length > 0, "the library is asked for");
  await post(spoke, "/sync", {});
  expect(await recallIds(spoke)).toEqual([anEpisode().id]);
  await spoke.stop();
});

test.each([true, false])(
  "defect 4: a library that comes compressed (%p) is read, whole and as a delta",
  async (compressed) => {
    const hub = playedHub();
    hub.compressed = compressed;
    hub.library.put(anEpisode(), anEpisode({ timestamp: 1 }), anEpisode({ timestamp: 2 }), anEpisode({ timestamp: 3 }));
    const { spoke } = await started(hub);
    expect((await post(spoke, "/sync", {})).status).toBe(200);
    expect(await recallIds(spoke)).toHaveLength(4);
    hub.library.put(anEpisode({ timestamp: 4 }));
    hub.library.archive(anEpisode().id);
    expect(await (await post(spoke, "/sync", {})).json()).toMatchObject({ taken: 1, removed: 1 });
    expect(await recallIds(spoke)).not.toContain(anEpisode().id);
    await spoke.stop();
  },
);

test("defect 11: after a restart without a link recall answers at once, and the queue still has its event", async () => {
  const hub = playedHub();
  hub.library.put(anEpisode());
  const { spoke, context } = await started(hub);
  await post(spoke, "/sync", {});
  await spoke.stop();
  hub.up = false;
  const again = await createSpoke(context);
  expect(await recallIds(again)).toEqual([anEpisode().id]);
  again.start();
  await post(again, "/events", anEvent());
  await again.stop();
  hub.up = true;
  const third = await createSpoke(context);
  third.start();
  await until(() => hub.events.length === 1, "the event goes up once the link is back");
  await third.stop();
});

test("defect 13: a pull that the hub answers with 304 moves the time of the last one", async () => {
  const hub = playedHub();
  hub.library.put(anEpisode());
  const { spoke, context } = await started(hub);
  await post(spoke, "/sync", {});
  context.clock.advance(60_000);
  await post(spoke, "/sync", {});
  const status = await (await spoke.handle(new Request(`${BASE}/status`))).json();
  expect(status).toMatchObject({ library: { last_sync: context.clock.now() / 1000, version: 1, episodes: 1 } });
  await spoke.stop();
});

test("a spoke that is not enabled takes events and answers, and says nothing to anyone", async () => {
  const hub = playedHub();
  const { spoke } = await started(hub, { enabled: false });
  expect((await post(spoke, "/events", anEvent())).status).toBe(201);
  expect((await post(spoke, "/sync", {})).status).toBe(400);
  expect(await recallIds(spoke)).toEqual([]);
  expect(hub.events).toEqual([]);
  expect(hub.library.asked).toEqual([]);
  await spoke.stop();
});

test("two spokes do not share a data directory, and the second leaves the first alone", async () => {
  const hub = playedHub();
  const { spoke, context } = await started(hub);
  expect(createSpoke(context)).rejects.toThrow("another fleet-spoke works on");
  expect((await post(spoke, "/events", anEvent())).status).toBe(201);
  await spoke.stop();
  const next = await createSpoke(context);
  await next.stop();
});

test("many spokes run in one process without knowing of each other", async () => {
  const hub = playedHub();
  const rigs = await Promise.all(["RIG-1", "RIG-2", "RIG-3"].map((rig_id) => started(hub, { rig_id })));
  for (const { spoke, context } of rigs) await post(spoke, "/events", anEvent({ rig_id: context.settings.rig_id }));
  await until(() => hub.events.length === 3, "each uploads its own");
  for (const { spoke, context } of rigs) {
    await spoke.stop();
    expect(existsSync(join(context.settings.data_dir, "library.sqlite-wal"))).toBe(false);
  }
});

test("what no retry mends reaches whoever runs the spoke", async () => {
  const hub = playedHub();
  const { spoke } = await started({ ...hub, net: { send: () => Promise.reject(new TypeError("a bug of ours")) } });
  await post(spoke, "/events", anEvent());
  expect(spoke.crashed).rejects.toThrow("a bug of ours");
  await spoke.stop();
});
