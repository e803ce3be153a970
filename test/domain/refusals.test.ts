import { expect, test } from "bun:test";
import { createRefusals, REFUSALS_WRITE_EVERY_MS } from "../../src/domain/refusals.ts";
import { isoTimes } from "../../src/domain/iso-times.ts";
import { domainHub } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";

const LONG = `${"x".repeat(299)}\u{1f6e2}`;

forEachEngine("refused uploads of a rig", (engine) => {
  const hub = domainHub(engine);
  const now = (): string => new Date(hub.context.clock.now()).toISOString();

  async function rows(rigId: string): Promise<readonly object[]> {
    const found = await hub.sql<object[]>`
      select code, refusals, first_at, last_at, last_event_id, last_sentence
      from rig_refusals where rig_id = ${rigId} order by code`;
    return found.map(isoTimes);
  }

  /** Until what was woken has written. */
  async function settled(rigId: string, refusals: number): Promise<readonly object[]> {
    for (;;) {
      const found = await rows(rigId);
      if (found.some((row) => "refusals" in row && row.refusals === refusals)) return found;
    }
  }

  test("are counted at once, and what follows within a second together after it", async () => {
    const { rigId } = (await hub.enrol()).identity;
    const refusals = createRefusals(hub.context);
    const first = now();
    await refusals.note(rigId, { code: "schema", sentence: "/depth must be a number", eventId: `${rigId}-1` });
    const row = { code: "schema", first_at: first, last_event_id: `${rigId}-1` };
    expect(await rows(rigId)).toEqual([
      { ...row, refusals: 1, last_at: first, last_sentence: "/depth must be a number" },
    ]);
    for (let at = 0; at < 500; at++) await refusals.note(rigId, { code: "schema", sentence: LONG, eventId: "\ud800" });
    expect(await rows(rigId)).toMatchObject([{ refusals: 1 }]);
    hub.context.clock.advance(REFUSALS_WRITE_EVERY_MS);
    const last_sentence = `${"x".repeat(299)}\ufffd`;
    expect(await settled(rigId, 501)).toEqual([
      { ...row, refusals: 501, last_at: first, last_event_id: null, last_sentence },
    ]);
  });

  test("have a row a reason, and none of another rig", async () => {
    const [{ rigId }, other] = [(await hub.enrol()).identity, (await hub.enrol()).identity];
    const refusals = createRefusals(hub.context);
    for (const code of ["too_large", "conflict"]) {
      await refusals.note(rigId, { code, sentence: code, eventId: undefined });
      hub.context.clock.advance(REFUSALS_WRITE_EVERY_MS);
    }
    await settled(rigId, 1);
    await createRefusals(hub.context).note(rigId, { code: "too_large", sentence: "again", eventId: undefined });
    expect(await settled(rigId, 2)).toMatchObject([
      { code: "conflict", refusals: 1 },
      { code: "too_large", refusals: 2, last_sentence: "again" },
    ]);
    expect(await rows(other.rigId)).toEqual([]);
  });

  test("are not counted for an unknown rig, and that is no error", async () => {
    await createRefusals(hub.context).note("NOBODY", { code: "schema", sentence: "no", eventId: undefined });
    expect(await rows("NOBODY")).toEqual([]);
  });
});
