import { join } from "node:path";
import type { Net } from "../../src/base/net.ts";
import { createCurator } from "../../src/domain/curation/curator.ts";
import { createIngest } from "../../src/domain/ingest.ts";
import { createLibrary } from "../../src/domain/library.ts";
import { newReadiness } from "../../src/domain/readiness.ts";
import { createApp } from "../../src/http/app.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { createClient } from "../../spoke/client.ts";
import { openSpokeLibrary, openSpokeQueue } from "../../spoke/files.ts";
import { openMirror } from "../../spoke/library/mirror.ts";
import { createLibrarySync } from "../../spoke/library/sync.ts";
import { createReoffer } from "../../spoke/reoffer.ts";
import type { SpokeSettings } from "../../spoke/settings.ts";
import { createUploader } from "../../spoke/uploader.ts";
import { testContext } from "./context.ts";
import { ADMIN_KEY } from "./hub.ts";
import type { TestDatabase } from "./postgres.ts";
import { rigContext } from "./rig.ts";

/** The hub behind its HTTP surface over a database that is there already, as after a restore. */
export async function hubOver(database: TestDatabase) {
  const context = testContext(database.sql, { settings: { admin_key: ADMIN_KEY } });
  const curator = createCurator(context);
  const ingest = createIngest(context, () => curator.wake());
  const library = createLibrary(context, join(database.dataDir, "library-cache"));
  const metrics = createMetrics("0.0.0-test");
  const readiness = newReadiness();
  const app = await createApp({ context, ingest, library, curator, metrics, readiness, version: "0.0.0-test" });
  return {
    context,
    curator,
    database,
    handle: async (request: Request) => app.handle(request),
    async close() {
      await ingest.drain();
      await curator.stop();
      await library.close();
      await database.close();
    },
  };
}

export type Hub = Awaited<ReturnType<typeof hubOver>>;

/** Leads to whichever hub is in service, and counts what is asked by method and the end of the path. */
export function netTo(hub: () => Pick<Hub, "handle">): { readonly net: Net; readonly asked: string[] } {
  const asked: string[] = [];
  const net: Net = {
    async send({ url, method, headers, body }) {
      asked.push(`${method} ${new URL(url).pathname.split("/").at(-1)}`);
      const { pathname, search } = new URL(url);
      const request = new Request(`http://localhost${pathname}${search}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: Buffer.from(body) }),
      });
      const reply = await hub().handle(request);
      const bytes = new Uint8Array(await reply.arrayBuffer());
      return { status: reply.status, headers: Object.fromEntries(reply.headers), body: bytes };
    },
  };
  return { net, asked };
}

/** A rig's whole end without its loops: each part does what it is told. */
export function wholeRig(net: Net, given: Partial<SpokeSettings>) {
  const context = rigContext({ net, settings: given });
  const queue = openSpokeQueue(context);
  const store = openSpokeLibrary(context);
  const client = createClient(context);
  const follower = openMirror(store, () => {});
  return {
    context,
    queue,
    sync: createLibrarySync(context, { source: client, store, follower }),
    /** Another start of the same spoke: what is not on its disk is forgotten. */
    uploader: () => createUploader(context, queue, client, createReoffer(context, queue, client, store)),
    enqueue: (event: FleetEvent) => queue.enqueue(encodeEvent(event)),
    close() {
      queue.close();
      store.close();
    },
  };
}
