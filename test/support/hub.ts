import { afterAll, beforeAll } from "bun:test";
import { join } from "node:path";
import { createCurator, type Curator } from "../../src/domain/curation/curator.ts";
import { createIngest } from "../../src/domain/ingest.ts";
import { createLibrary } from "../../src/domain/library.ts";
import { newReadiness } from "../../src/domain/readiness.ts";
import { createApp } from "../../src/http/app.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { testContext, type ContextOverrides, type TestContext } from "./context.ts";
import { testDatabase, type Engine } from "./postgres.ts";

export const ADMIN_KEY = "the-admin-key-of-the-tests";
const OPEN_MS = 60_000;

/** The whole hub behind its HTTP surface: a request is a function call. */
export interface TestHub {
  readonly context: TestContext;
  readonly curator: Curator;
  send(method: string, path: string, options?: SendOptions): Promise<Response>;
  handle(request: Request): Promise<Response>;
  /** Registers over HTTP; returns the key. */
  register(rigId: string): Promise<string>;
  upload(key: string, event: FleetEvent, headers?: Record<string, string>): Promise<Response>;
}

export interface SendOptions {
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
  readonly body?: BodyInit;
}

/** Opens before the suite's first test and closes after its last. */
export function testHub(engine: Engine, overrides: ContextOverrides = {}): TestHub {
  let opened: Awaited<ReturnType<typeof openHub>> | undefined;
  beforeAll(async () => {
    opened = await openHub(engine, overrides);
  }, OPEN_MS);
  afterAll(async () => opened?.close());
  const use = (): Awaited<ReturnType<typeof openHub>> => {
    if (opened === undefined) throw new Error("the hub opens before the suite's first test, not while it is described");
    return opened;
  };
  const hub: TestHub = {
    get context() {
      return use().context;
    },
    get curator() {
      return use().curator;
    },
    send: (method, path, options = {}) => hub.handle(request(method, path, options)),
    handle: async (given) => use().app.handle(given),
    async register(rigId) {
      const reply = await hub.send("POST", "/api/fleet/rigs/register", {
        key: ADMIN_KEY,
        json: { rig_id: rigId, well_id: "WOLFCAMP 23H", field: "Permian Basin" },
      });
      const { api_key } = (await reply.json()) as { api_key: string };
      return api_key;
    },
    upload: (key, event, headers = {}) =>
      hub.send("POST", "/api/fleet/events", {
        key,
        headers: { "Content-Type": "application/json", "Content-Encoding": "zstd", ...headers },
        body: Buffer.from(use().context.zstd.compress(encodeEvent(event))),
      }),
  };
  return hub;
}

export type OpenedHub = Awaited<ReturnType<typeof openHub>>;

/** The same for who opens and closes it by hand. */
export async function openHub(engine: Engine, overrides: ContextOverrides = {}) {
  const database = await testDatabase(engine);
  const context = testContext(database.sql, {
    ...overrides,
    settings: { admin_key: ADMIN_KEY, ...overrides.settings },
  });
  const curator = createCurator(context);
  const ingest = createIngest(context, () => curator.wake());
  const library = createLibrary(context, join(database.dataDir, "library-cache"));
  const metrics = createMetrics("0.0.0-test");
  const readiness = newReadiness();
  const app = await createApp({ context, ingest, library, curator, metrics, readiness, version: "0.0.0-test" });
  return {
    app,
    context,
    curator,
    ingest,
    library,
    readiness,
    database,
    async close() {
      await ingest.drain();
      await curator.stop();
      await library.close();
      await database.close();
    },
  };
}

function request(method: string, path: string, { key, headers = {}, json, body }: SendOptions): Request {
  return new Request(`http://localhost${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      ...(json === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
  });
}
