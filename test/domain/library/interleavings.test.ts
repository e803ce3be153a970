import { expect, test } from "bun:test";
import type { Sql, TransactionSql } from "postgres";
import { seededRandom, type Random } from "../../../src/base/random.ts";
import { publish, publishIn, type Publication } from "../../support/episode-rows.ts";
import { hubLibrary, type HubLibrary } from "../../support/hub-library.ts";
import { modelRig, pullPage, type ModelRig } from "../../support/library-client.ts";
import { forEachEngine, type Engine } from "../../support/postgres.ts";

/** The embedded database has one connection, so that its commits and syncs only take turns. */
const INTERLEAVINGS: Readonly<Record<Engine, number>> = { server: 1000, embedded: 100 };
const STEPS = 6;
const SEED = 9_000;
const TEST_MS = 120_000;

/** A curation whose transaction stays open while others read, as long as the test wants. */
interface OpenWrite {
  end(commit: boolean): Promise<void>;
}

async function openWrite(sql: Sql, publication: Publication): Promise<OpenWrite> {
  const written = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<boolean>();
  const rolledBack = new Error("rolled back");
  const ended = sql
    .begin(async (tx: TransactionSql) => {
      await publishIn(tx, publication);
      written.resolve();
      if (!(await decided.promise)) throw rolledBack;
    })
    .catch((error: unknown) => {
      if (error !== rolledBack) throw error;
    });
  await Promise.race([written.promise, ended]);
  return {
    async end(commit) {
      decided.resolve(commit);
      await ended;
    },
  };
}

forEachEngine("library cursor", (engine) => {
  const hub = hubLibrary(engine, ["RIG-1", "RIG-2", "RIG-3"]);

  test(
    "defect 9: random interleavings of commits and syncs lose nothing",
    async () => {
      const random = seededRandom(SEED);
      const rigs = ["RIG-1", "RIG-2", "RIG-3"].map(modelRig);
      for (let round = 0; round < INTERLEAVINGS[engine]; round++) {
        await interleave(hub, engine, random, { rigs, round });
        await settle(hub, rigs);
        expect(await lostBy(hub, rigs)).toEqual([]);
      }
    },
    TEST_MS,
  );

  // The embedded database has one connection: there is nothing that a sync could run beside.
  if (engine === "embedded") return;

  test("defect 9: a sync that runs beside an open commit gets its rows at the next sync", async () => {
    const rig = modelRig("RIG-2");
    const write = await openWrite(hub.sql, { put: [{ id: "in-flight" }] });
    await settle(hub, [rig]);
    expect(rig.has.has("in-flight")).toBe(false);
    await write.end(true);
    await settle(hub, [rig]);
    expect(rig.has.has("in-flight")).toBe(true);
  });
});

/** Commits, open commits and pages of three rigs, in an order that the seed gives. */
async function interleave(
  hub: HubLibrary,
  engine: Engine,
  random: Random,
  { rigs, round }: { rigs: readonly ModelRig[]; round: number },
): Promise<void> {
  let open: OpenWrite | undefined;
  for (let step = 0; step < STEPS; step++) {
    const choice = random.u32() % 8;
    const rig = rigs[random.u32() % rigs.length];
    if (choice >= 3 && rig !== undefined) await pullPage(hub.library, rig, 1 + (random.u32() % 4));
    else if (open !== undefined) {
      await open.end(choice > 0);
      open = undefined;
    } else if (choice === 0 || engine === "embedded") await publish(hub.sql, change(random, `${round}-${step}`));
    // The embedded database has one connection: a transaction on it cannot stay open beside a sync.
    else open = await openWrite(hub.sql, change(random, `${round}-${step}`));
  }
  await open?.end(true);
}

const EPISODES = 12;

/** A few of the same dozen ids, so that everything is changed, archived and brought back all the time. */
function change(random: Random, text: string): Publication {
  const some = (count: number) => Array.from({ length: count }, () => random.u32() % EPISODES);
  const put = new Set(some(1 + (random.u32() % 3)));
  const archive = some(random.u32() % 3).filter((at) => !put.has(at));
  return {
    put: [...put].map((at) => {
      const rigId = `RIG-${(at % 3) + 1}`;
      return { id: `episode-${at}`, rigId, score: (random.u32() % 5) / 5, text };
    }),
    archive: archive.map((at) => `episode-${at}`),
  };
}

async function settle(hub: HubLibrary, rigs: readonly ModelRig[]): Promise<void> {
  const pagesMax = 100;
  for (const rig of rigs) {
    for (let page = 0; page < pagesMax; page++) {
      // A sync that was under way ends at its own version; one more brings what came meanwhile.
      const ended = await pullPage(hub.library, rig, 200);
      if (ended && rig.run === undefined && (await isCurrent(hub, rig))) break;
    }
  }
}

async function isCurrent({ sql }: HubLibrary, rig: ModelRig): Promise<boolean> {
  const [row] = await sql<{ version: number }[]>`select coalesce(max(version), 0) as version from library_versions`;
  return row?.version === rig.cursor.version;
}

/** What differs between each rig and the library, in words. */
async function lostBy({ sql }: HubLibrary, rigs: readonly ModelRig[]): Promise<string[]> {
  const rows = await sql<{ id: string; rig_id: string; text: string }[]>`
    select id, rig_id, body::jsonb ->> 'resolution_summary' as text from episodes where not archived`;
  return rigs.flatMap((rig) => {
    const wanted = new Map(rows.filter(({ rig_id }) => rig_id !== rig.rigId).map(({ id, text }) => [id, text]));
    const wrong = [...wanted]
      .filter(([id, text]) => rig.has.get(id) !== text)
      .map(([id]) => `${rig.rigId} lacks ${id}`);
    const stale = [...rig.has.keys()].filter((id) => !wanted.has(id)).map((id) => `${rig.rigId} still has ${id}`);
    return [...wrong, ...stale];
  });
}
