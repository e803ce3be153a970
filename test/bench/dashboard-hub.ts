import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sql } from "postgres";
import { systemClock } from "../../src/base/clock.ts";
import { systemRandom } from "../../src/base/random.ts";
import { createCurator } from "../../src/domain/curation/curator.ts";
import { createIngest } from "../../src/domain/ingest.ts";
import { createLibrary } from "../../src/domain/library.ts";
import { openSession } from "../../src/domain/sessions.ts";
import { newReadiness } from "../../src/domain/readiness.ts";
import { createApp } from "../../src/http/app.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import type { TestClock } from "../support/clock.ts";
import { testContext } from "../support/context.ts";

const KEY = "the-admin-key-of-the-benches";
const VERSION = "0.1.0";

/** A hub whose pages are function calls, for somebody who is signed in. */
export interface BenchHub {
  /** Returns the size of the page; anything but a 200 is an error. */
  open(path: string): Promise<number>;
  /** The address of the page after this one. */
  next(path: string): Promise<string>;
  close(): Promise<void>;
}

export async function benchHub(sql: Sql): Promise<BenchHub> {
  const folder = mkdtempSync(join(tmpdir(), "fleet-bench-"));
  const clock: TestClock = { ...systemClock, set() {}, advance() {}, sleepers: 0 };
  const context = testContext(sql, {
    clock,
    random: systemRandom,
    settings: { admin_key: KEY, database_url: "postgres://bench" },
  });
  const curator = createCurator(context);
  const ingest = createIngest(context);
  const library = createLibrary(context, folder);
  const app = await createApp({
    context,
    curator,
    ingest,
    library,
    metrics: createMetrics(VERSION),
    readiness: newReadiness(),
    version: VERSION,
  });
  const { token } = await openSession(context, KEY, "bench");

  async function page(path: string): Promise<string> {
    const reply = await app.handle(
      new Request(`http://localhost${path}`, { headers: { cookie: `fleet_session=${token}` } }),
    );
    const text = await reply.text();
    if (reply.status !== 200) throw new Error(`${path} answered ${reply.status}: ${text.slice(0, 300)}`);
    return text;
  }

  return {
    open: async (path) => (await page(path)).length,
    async next(path) {
      const [, href = path] = /<a href="([^"]+)" rel="next"/.exec(await page(path)) ?? [];
      return href.replaceAll("&amp;", "&");
    },
    async close() {
      await curator.stop();
      await ingest.drain();
      await library.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
