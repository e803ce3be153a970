import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { openMirror } from "../../spoke/library/mirror.ts";
import { openLibraryStore } from "../../spoke/library/store.ts";
import { createLibrarySync } from "../../spoke/library/sync.ts";
import { anEpisode, libraryHub, type LibraryHub } from "../support/library-hub.ts";
import { rigContext } from "../support/rig.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const CAP = 1000;
const EPISODES = Array.from({ length: 7 }, (_, nth) => anEpisode({ timestamp: 1_794_000_000 + nth }));
const IDS = EPISODES.map(({ id }) => id);

/** One life of a spoke: opens the library, pulls, and tells what it has then. */
async function pulled(path: string, hub: LibraryHub): Promise<string[]> {
  const store = openLibraryStore(path, CAP);
  const parts = { source: hub, store, follower: openMirror(store, () => {}) };
  await createLibrarySync(rigContext(), parts).syncOnce();
  const ids = [...store.all()].map(({ id, score }) => `${id} ${score}`);
  store.close();
  return ids.toSorted();
}

/** A library that is in step with its hub, and what a healthy rig would have of it. */
async function inStep() {
  const path = join(temporaryDirectory(), "library.sqlite");
  const hub = libraryHub();
  for (const episode of EPISODES) hub.put(episode);
  return { path, hub, healthy: await pulled(path, hub) };
}

function damage(path: string, statement: string): void {
  const db = new Database(path);
  db.run(statement);
  db.close();
}

test.each([
  ["its text", "update episodes set json = replace(json, 'Shut in', 'Shut on') where id = $id"],
  ["its seal", "update episodes set seal = zeroblob(32) where id = $id"],
  ["its id", "update episodes set id = 'RIG-9-1794000000-episodf' where id = $id"],
  ["its score", "update episodes set score = 0.1 where id = $id"],
])("a row that was damaged in %s is pulled again, though nobody has asked for it", async (_what, statement) => {
  const { path, hub, healthy } = await inStep();
  damage(path, statement.replace("$id", `'${IDS[0]}'`));
  expect(await pulled(path, hub)).toEqual(healthy);
});

test.each(["version = version + 2", "sweep = 9", "page = '7+3'", "epoch = 'epoch-b'", "capped = 1"])(
  "a cursor that was damaged misses no version: %s",
  async (change) => {
    const { path, hub } = await inStep();
    const late = anEpisode({ timestamp: 1_795_000_000, score: 0.5 });
    hub.put(late);
    hub.archive(IDS[1] ?? "");
    damage(path, `update cursor set ${change}`);
    const healthy = await pulled(join(temporaryDirectory(), "library.sqlite"), hub);
    expect(await pulled(path, hub)).toEqual(healthy);
    expect(healthy).toHaveLength(EPISODES.length);
  },
);

test.each(["pragma user_version = 0", "pragma user_version = 5", "drop index episodes_by_worth", "delete from cursor"])(
  "a file whose frame was damaged is filled anew: %s",
  async (statement) => {
    const { path, hub, healthy } = await inStep();
    damage(path, statement);
    expect(await pulled(path, hub)).toEqual(healthy);
  },
);
