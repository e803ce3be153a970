import { expect, test } from "bun:test";
import { testHub } from "../support/hub.ts";
import { forEachEngine } from "../support/postgres.ts";

forEachEngine("health over HTTP", (engine) => {
  const hub = testHub(engine);

  async function status(): Promise<[number, unknown]> {
    const reply = await hub.send("GET", "/api/fleet/health");
    return [reply.status, ((await reply.json()) as { status?: unknown }).status];
  }

  test("defect 15: it is 503 while degraded, and 200 again once that is over", async () => {
    expect(await status()).toEqual([200, "healthy"]);
    const at = new Date(hub.context.clock.now());
    await hub.context.sql`
      insert into curation_runs (cause, started_at, finished_at, error) values ('schedule', ${at}, ${at}, 'disk full')`;
    expect(await status()).toEqual([503, "degraded"]);
    hub.context.clock.advance(1000);
    expect((await hub.curator.run("request")).error).toBeNull();
    expect(await status()).toEqual([200, "healthy"]);
  });
});
