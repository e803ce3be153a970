import { expect, test } from "bun:test";
import { fleetEpisodeSchema } from "../../src/wire/episode.ts";
import { libraryReplySchema } from "../../src/wire/library.ts";
import { episodeId } from "../../src/wire/identity.ts";
import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES, SEVERITIES, UPLOADED_RISKS } from "../../src/wire/vocabulary.ts";
import type { EventOutcome } from "../../src/wire/outcome.ts";
import { anEvent } from "../support/builders.ts";
import { testHub } from "../support/hub.ts";
import { forEachEngine } from "../support/postgres.ts";

const FIRST_SECOND = 1_794_000_000;
/** Past the gap that parts sessions: each event keeps an episode of its own. */
const APART_S = 700;

const OUTCOMES: Readonly<Record<(typeof OUTCOME_NAMES)[number], EventOutcome>> = {
  FalsePositive: "FalsePositive",
  Pending: "Pending",
  Escalated: { Escalated: { reason: "tool pusher called" } },
  Resolved: { Resolved: { action_taken: "shut in the well" } },
};

/** Every word of each list at least once. */
const EVENTS = Array.from({ length: CATEGORIES.length }, (_, at) =>
  anEvent({
    rig_id: "RIG-1",
    timestamp: FIRST_SECOND + at * APART_S,
    campaign: of(CAMPAIGNS, at),
    outcome: OUTCOMES[of(OUTCOME_NAMES, at)],
    advisory: { severity: of(SEVERITIES, at), risk_level: of(UPLOADED_RISKS, at), category: of(CATEGORIES, at) },
  }),
);

function of<T>(words: readonly [T, ...T[]], at: number): T {
  return words[at % words.length] ?? words[0];
}

forEachEngine("the contract's words", (engine) => {
  const hub = testHub(engine);

  test("defect 14: every severity, risk, campaign, category and outcome comes back as it was sent", async () => {
    const [key, reader] = [await hub.register("RIG-1"), await hub.register("RIG-2")];
    for (const event of EVENTS) {
      expect((await hub.upload(key, event)).status).toBe(201);
      expect(await (await hub.send("GET", `/api/fleet/events/${event.id}`, { key })).json()).toEqual(event);
    }
    await hub.curator.run("request");
    const reply = await (await hub.send("GET", "/api/fleet/library", { key: reader })).json();
    const episodes = libraryReplySchema.parse(reply).episodes.map((row) => fleetEpisodeSchema.parse(row));
    expect(episodes).toHaveLength(EVENTS.length);
    for (const { id, campaign, outcome, advisory } of EVENTS) {
      const { severity, risk_level, category } = advisory;
      const episode = episodes.find((one) => one.id === episodeId(id));
      expect(episode).toMatchObject({ campaign, outcome, severity, risk_level, category });
    }
  });
});
