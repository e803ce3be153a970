import { beforeAll, describe, expect, test } from "bun:test";
import type { EpisodeFilter, EpisodeOrder } from "../../../src/db/dashboard/library.ts";
import { allEpisodes, countEpisodes, episodesPage, type ListedEpisode } from "../../../src/domain/dashboard/library.ts";
import { FACTS_KEPT_MS, keepLibraryFacts } from "../../../src/domain/dashboard/library-facts-kept.ts";
import { libraryFacts } from "../../../src/domain/dashboard/library-facts.ts";
import { versionPage, versionsPage } from "../../../src/domain/dashboard/library-versions.ts";
import { createCurator } from "../../../src/domain/curation/curator.ts";
import { CATEGORIES, CAMPAIGNS } from "../../../src/wire/vocabulary.ts";
import { domainHub } from "../../support/domain-hub.ts";
import { seedVariedLibrary } from "../../support/library-seed.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

const AT = new Date("2026-11-20T00:00:00Z");
const EPISODES = 300;
const ARCHIVED = 40;
const BEST: EpisodeOrder = { by: "score", down: true };
const ACTIVE: EpisodeFilter = { archived: false };

forEachEngine("the library's page", (engine) => {
  const hub = domainHub(engine);

  beforeAll(async () => {
    await seedVariedLibrary(hub.sql, { episodes: EPISODES, archived: ARCHIVED, rigs: 7, at: AT });
    hub.context.clock.set(AT.toISOString());
  });

  async function all(filter: EpisodeFilter, order: EpisodeOrder, limit = 37): Promise<ListedEpisode[]> {
    const rows: ListedEpisode[] = [];
    let after: string | undefined;
    do {
      const page = await episodesPage(
        hub.context,
        { filter, order },
        { limit, ...(after === undefined ? {} : { after }) },
      );
      rows.push(...page.rows);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return rows;
  }

  describe("lists episodes", () => {
    test.each([
      [{ by: "score", down: true }, (row: ListedEpisode) => -row.score],
      [{ by: "score", down: false }, (row: ListedEpisode) => row.score],
      [{ by: "time", down: true }, (row: ListedEpisode) => -Date.parse(row.timestamp)],
      [{ by: "version", down: false }, (row: ListedEpisode) => row.version],
    ] as [EpisodeOrder, (row: ListedEpisode) => number][])(
      "in the order %o, page by page, each once",
      async (order, key) => {
        const rows = await all(ACTIVE, order);
        expect(new Set(rows.map(({ id }) => id)).size).toBe(EPISODES);
        const sorted = rows.toSorted((left, right) => key(left) - key(right) || (left.id < right.id ? -1 : 1));
        expect(rows.map(key)).toEqual(sorted.map(key));
        expect(await all(ACTIVE, order, 100)).toEqual(rows);
      },
    );

    test("that are archived by themselves, the last one first, with reason and date", async () => {
      const rows = await all({ archived: true }, { by: "archived", down: true });
      expect(rows).toHaveLength(ARCHIVED);
      expect(rows.every(({ archived_at, archived_reason }) => archived_at !== null && archived_reason === "age")).toBe(
        true,
      );
    });

    test("that match every filter at once, and counts them", async () => {
      const everything = await all(ACTIVE, BEST);
      const filter = {
        ...ACTIVE,
        category: "Mechanical",
        campaign: "Production",
        outcome: "Resolved",
        score_min: 0.2,
        score_max: 0.9,
      } as const;
      const expected = everything.filter(
        (row) =>
          row.category === "Mechanical" &&
          row.campaign === "Production" &&
          row.outcome === "Resolved" &&
          row.score >= 0.2 &&
          row.score <= 0.9,
      );
      expect(expected.length).toBeGreaterThan(3);
      expect(await all(filter, BEST, 5)).toEqual(expected);
      expect(await countEpisodes(hub.context, filter)).toBe(expected.length);
      expect(await countEpisodes(hub.context, { ...filter, rig: "RIG-99" })).toBe(0);
    });

    test("as a file, whole", async () => {
      const rows: ListedEpisode[] = [];
      for await (const page of allEpisodes(hub.context, { filter: ACTIVE, order: BEST })) rows.push(...page);
      expect(rows).toEqual(await all(ACTIVE, BEST));
    });

    test("not from a place that is none", async () => {
      const asked = (after: string, by: EpisodeOrder["by"]) =>
        rejection(episodesPage(hub.context, { filter: ACTIVE, order: { by, down: true } }, { limit: 5, after }));
      const half = Buffer.from(JSON.stringify([0.5, "x"])).toString("base64url");
      const far = Buffer.from(JSON.stringify([1e300, "x"])).toString("base64url");
      for (const refused of [await asked("?", "score"), await asked(half, "version"), await asked(far, "time")]) {
        expect(refused).toMatchObject({ code: "invalid_request" });
      }
    });
  });

  describe("tells the library as a whole", () => {
    test("in figures that agree with each other and with the list", async () => {
      const facts = await libraryFacts(hub.context);
      const rows = await all(ACTIVE, BEST);
      const sum = (counts: readonly number[]) => counts.reduce((left, right) => left + right, 0);
      expect(facts).toMatchObject({ active: EPISODES, archived: ARCHIVED });
      expect(sum(facts.scores)).toBe(EPISODES);
      expect(facts.scores[9]).toBe(rows.filter(({ score }) => score >= 0.45 && score < 0.5).length);
      expect(sum(facts.ages.map(({ episodes }) => episodes))).toBe(EPISODES);
      expect(sum(facts.shares.most.map(({ episodes }) => episodes)) + facts.shares.others.episodes).toBe(EPISODES);
      const pending = rows.filter(({ outcome }) => outcome === "Pending").length;
      expect(sum(facts.pending.bands.map(({ episodes }) => episodes))).toBe(pending);
    });

    test("with every category and campaign named, those without an episode too", async () => {
      const { matrix } = await libraryFacts(hub.context);
      expect(matrix).toHaveLength(CATEGORIES.length * CAMPAIGNS.length);
      expect(matrix.filter(({ episodes }) => episodes === 0).map(({ category }) => category)).toContain("Formation");
    });

    test("and keeps it a minute, for all who ask", async () => {
      const kept = keepLibraryFacts(hub.context);
      const first = kept.read();
      expect(await kept.read()).toBe(await first);
      hub.context.clock.advance(FACTS_KEPT_MS);
      expect(await kept.read()).not.toBe(await first);
      hub.context.clock.set(AT.toISOString());
    });
  });

  describe("shows versions", () => {
    test("the newest first, page by page", async () => {
      const { versions, next } = await versionsPage(hub.context, { limit: 3 });
      expect(versions.map(({ version }) => version)).toEqual([9, 8, 7]);
      const rest = await versionsPage(hub.context, { limit: 100, before: next ?? 0 });
      expect(rest.versions.map(({ version }) => version)).toEqual([6, 5, 4, 3, 2, 1]);
      expect(rest.next).toBeNull();
    });

    test("each with all that it changed, and refuses one that never was with those on record", async () => {
      const { version, changes, next } = await versionPage(hub.context, 2, { limit: 500 });
      expect(version).toMatchObject({ version: 2, older: 1, newer: 3 });
      expect(changes).toHaveLength(version.changed);
      expect({ kind: changes[0]?.kind, there: changes[0]?.there, next }).toEqual({
        kind: "created",
        there: true,
        next: null,
      });
      const half = await versionPage(hub.context, 2, { limit: 10 });
      const rest = await versionPage(hub.context, 2, { limit: 500, after: half.next ?? "" });
      expect([...half.changes, ...rest.changes]).toEqual([...changes]);
      expect(await rejection(versionPage(hub.context, 99, { limit: 5 }))).toMatchObject({
        hint: "on record are 1 to 9",
      });
    });
  });

  describe("foretells the next pruning", () => {
    test("exactly as the run then does it, and writes nothing", async () => {
      const settings = {
        ...hub.context.settings,
        library_max_episodes: 250,
        prune_max_age_days: 2,
        prune_grace_days: 0,
      };
      const context = { ...hub.context, settings };
      // Scores are reckoned anew before pruning: the foretelling goes by those that are stored.
      await createCurator(hub.context).run("schedule");
      const before = await hub.sql`select xmin::text, id from episodes order by id`;
      const { prune } = await libraryFacts(context);
      expect(await hub.sql`select xmin::text, id from episodes order by id`).toEqual(before);
      expect(prune.aged).toBeGreaterThan(0);
      await createCurator(context).run("schedule");
      const rows = await hub.sql<{ id: string; archived_reason: string }[]>`
        select id, archived_reason from episodes where archived_at = ${AT} order by id`;
      expect(rows.length).toBe(prune.aged + prune.excess);
      const archived = new Map(rows.map((row) => [row.id, row.archived_reason]));
      for (const row of prune.first) expect(archived.get(row.id)).toBe(row.reason);
    });
  });
});
