import { expect, test } from "bun:test";
import { hubIsLost } from "../support/reoffer-story.ts";

const STORY_MS = 60_000;

test(
  "after a restore the rigs bring back what came after the backup, events and answers, once each",
  async () => {
    const told = await hubIsLost({ engine: "server", before: 20, after: 40, queueMax: 16 });
    expect(told).toMatchObject({ back: 40, doubled: 0, different: 0, idle: [], dropped: 0 });
    expect(told.offers).toBeGreaterThanOrEqual(2);
  },
  STORY_MS,
);
