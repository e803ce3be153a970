import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { SPOOLS_MAX } from "../../../src/domain/library/shelf.ts";
import type { LibraryAnswer } from "../../../src/domain/library.ts";
import { publish, rigKey } from "../../support/episode-rows.ts";
import { hubLibrary } from "../../support/hub-library.ts";
import { ask, readReply } from "../../support/library-client.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

forEachEngine("the whole library at once", (engine) => {
  const hub = hubLibrary(engine, ["RIG-1", "RIG-2", "RIG-3"]);
  const whole = async (rigId: string): Promise<LibraryAnswer & { status: 200 }> => {
    const answer = await hub.library.answer({ key: rigKey(rigId), acceptsZstd: true });
    if (answer.status !== 200) throw new Error("a whole library is never 304");
    return answer;
  };
  const idsOf = async (answer: LibraryAnswer & { status: 200 }) =>
    (await readReply(answer)).episodes.map(({ id }) => id).toSorted();

  test("an empty library is a valid reply", async () => {
    expect(await ask(hub.library, "RIG-2")).toMatchObject({ version: 0, episodes: [], total_fleet_episodes: 0 });
  });

  test("each rig gets all but its own, wherever its own stand", async () => {
    const put = ["RIG-1", "RIG-2", "RIG-3", "RIG-1", "RIG-2"].map((rigId, at) => ({ id: `${at}-of-${rigId}`, rigId }));
    await publish(hub.sql, { put });
    for (const rigId of ["RIG-1", "RIG-2", "RIG-3"]) {
      const others = put.filter((spec) => spec.rigId !== rigId).map(({ id }) => id);
      expect(await idsOf(await whole(rigId))).toEqual(others.toSorted());
    }
  });

  test("a fleet of one rig has nothing to tell it", async () => {
    await publish(hub.sql, { archive: ["1-of-RIG-2", "2-of-RIG-3", "4-of-RIG-2"] });
    expect(await ask(hub.library, "RIG-1")).toMatchObject({ episodes: [], total_fleet_episodes: 2 });
  });

  test("a reader of an old copy is not disturbed by a new version", async () => {
    const old = await whole("RIG-2");
    await publish(hub.sql, { put: [{ id: "newer" }] });
    const fresh = await whole("RIG-2");
    expect(await idsOf(old)).toEqual(["0-of-RIG-1", "3-of-RIG-1"]);
    expect(await idsOf(fresh)).toEqual(["0-of-RIG-1", "3-of-RIG-1", "newer"]);
  });

  test("nothing is left in the cache directory, even while it is read", async () => {
    const answer = await whole("RIG-2");
    expect(readdirSync(hub.cacheDir)).toEqual([]);
    await idsOf(answer);
  });

  test("rigs that ask at once share one copy", async () => {
    await publish(hub.sql, { put: [{ id: "newest" }] });
    const answers = await Promise.all(["RIG-2", "RIG-3", "RIG-2"].map(whole));
    for (const answer of answers) expect(await idsOf(answer)).toContain("newest");
  });

  test("copies are bounded: past it a rig is asked to come back, and stalled readers are given up", async () => {
    const stalled: (LibraryAnswer & { status: 200 })[] = [];
    for (let copies = 0; copies < SPOOLS_MAX; copies++) {
      await publish(hub.sql, { put: [{ id: "moving", text: `${copies}` }] });
      stalled.push(await whole("RIG-2"));
    }
    await publish(hub.sql, { put: [{ id: "moving", text: "last" }] });
    expect(await rejection(whole("RIG-3"))).toMatchObject({ code: "overloaded" });
    hub.context.clock.advance(601_000);
    expect(await idsOf(await whole("RIG-3"))).toContain("moving");
    const broken = stalled[0];
    if (broken !== undefined) expect(await rejection(readReply(broken))).toBeInstanceOf(Error);
  });

  test("a cancelled reply gives its copy back", async () => {
    for (let copies = 0; copies < SPOOLS_MAX + 2; copies++) {
      await publish(hub.sql, { put: [{ id: "moving", text: `${copies}` }] });
      const { body } = await whole("RIG-2");
      if (body instanceof ReadableStream) await body.cancel();
    }
    expect(await idsOf(await whole("RIG-3"))).toContain("moving");
  });
});
