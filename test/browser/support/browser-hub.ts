import { afterAll, beforeAll } from "bun:test";
import { serve } from "../../../src/http/server.ts";
import type { ContextOverrides } from "../../support/context.ts";
import { ADMIN_KEY, openHub, type OpenedHub } from "../../support/hub.ts";
import type { Engine } from "../../support/postgres.ts";

export const VIEWER_KEY = "the-viewer-key-of-the-tests";
export const KEYS = { admin: ADMIN_KEY, viewer: VIEWER_KEY } as const;
const HOST = "127.0.0.1";
const OPEN_MS = 120_000;

export interface BrowserHubOptions extends ContextOverrides {
  readonly engine?: Engine;
  /** What the database holds when the first page is asked for. */
  readonly seed?: (hub: OpenedHub) => Promise<unknown>;
}

/** A hub that listens, over a database of its own. */
export interface BrowserHub extends OpenedHub {
  readonly url: string;
  /** Ends every connection at once, as a crash does; the database stays. */
  kill(): Promise<void>;
  /** Listens again at the same address. */
  revive(): void;
  /** The database goes; the hub stays. */
  stopDatabase(): Promise<void>;
}

export async function openBrowserHub(options: BrowserHubOptions = {}): Promise<BrowserHub> {
  const { engine = "server", seed, ...overrides } = options;
  const opened = await openHub(engine, { ...overrides, settings: { viewer_key: VIEWER_KEY, ...overrides.settings } });
  const { app, context, database } = opened;
  await seed?.(opened);
  const listen = (port: number): string =>
    serve(app, { hostname: HOST, port }, context.settings.max_payload_bytes, context.clock).url;
  const url = listen(0);
  return {
    ...opened,
    url,
    kill: async () => app.server?.stop(true),
    revive: () => void listen(Number(new URL(url).port)),
    stopDatabase: () => database.database.close(),
    async close() {
      await app.server?.stop(true);
      await opened.close();
    },
  };
}

/** Opens before the suite's first test and closes after its last. */
export function suiteHub(options: BrowserHubOptions = {}): () => BrowserHub {
  let hub: BrowserHub | undefined;
  beforeAll(async () => {
    hub = await openBrowserHub(options);
  }, OPEN_MS);
  afterAll(async () => hub?.close());
  return () => {
    if (hub === undefined) throw new Error("the hub opens before the suite's first test");
    return hub;
  };
}
