import { expect, test } from "bun:test";
import { join } from "node:path";
import { openMirror } from "../../spoke/library/mirror.ts";
import type { LibrarySource } from "../../spoke/library/pull.ts";
import { openLibraryStore } from "../../spoke/library/store.ts";
import { createLibrarySync, type SyncReport } from "../../spoke/library/sync.ts";
import { Fault } from "../../src/base/fault.ts";
import type { Library } from "../../src/domain/library.ts";
import { publish, rigKey, type EpisodeSpec } from "../support/episode-rows.ts";
import { hubLibrary, SETUP_MS } from "../support/hub-library.ts";
import { readReply } from "../support/library-client.ts";
import { rigContext } from "../support/rig.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const hub = hubLibrary("embedded", ["RIG-1", "RIG-2"]);
const PAGE = 3;

/** The hub's library itself, without the HTTP between; pages are small, so that there are several. */
function sourceOf(library: Library, cutAfter: { calls: number }): LibrarySource {
  return {
    async get(path) {
      if (--cutAfter.calls < 0) throw new Fault("unavailable", "the link was cut");
      const query = new URL(path, "http://hub").searchParams;
      const text = (name: string): Record<string, string> => (query.has(name) ? { [name]: query.get(name) ?? "" } : {});
      const since = Number(query.get("since"));
      const asked = { key: rigKey("RIG-2"), acceptsZstd: true, since, limit: PAGE, ...text("epoch"), ...text("page") };
      const answer = await library.answer(asked);
      return answer.status === 304 ? { status: 304 } : { status: 200, json: await readReply(answer) };
    },
  };
}

function specs(count: number, text: string): EpisodeSpec[] {
  return Array.from({ length: count }, (_, at) => ({ id: `RIG-1-${1000 + at}`, score: 0.9 - at / 100, text }));
}

test(
  "a rig follows the hub's own library through cuts, updates and removals",
  async () => {
    await publish(hub.sql, { put: specs(10, "first") });
    const path = join(temporaryDirectory(), "library.sqlite");
    const link = { calls: 2 };
    const pull = async (): Promise<{ report: SyncReport | undefined; texts: string[] }> => {
      const store = openLibraryStore(path, 100);
      const parts = { source: sourceOf(hub.library, link), store, follower: openMirror(store, () => {}) };
      const context = rigContext({ settings: { rig_id: "RIG-2" } });
      const report = await createLibrarySync(context, parts)
        .syncOnce()
        .catch(() => undefined);
      const texts = [...store.all()].map(({ id, resolution_summary }) => `${id} ${resolution_summary ?? ""}`);
      store.close();
      return { report, texts: texts.toSorted() };
    };
    expect((await pull()).texts).toHaveLength(6);
    link.calls = Infinity;
    expect((await pull()).texts).toHaveLength(10);
    await publish(hub.sql, { put: [{ id: "RIG-1-1003", score: 0.95, text: "second" }], archive: ["RIG-1-1000"] });
    const { report, texts } = await pull();
    expect(report).toMatchObject({ result: "updated", taken: 1, removed: 1 });
    expect(texts).toHaveLength(9);
    expect(texts.filter((text) => text.includes("second"))).toHaveLength(1);
    expect((await pull()).report?.result).toBe("fresh");
  },
  SETUP_MS,
);
