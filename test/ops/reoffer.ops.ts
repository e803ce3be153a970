/** npm run test:reoffer: backup, 500 more events, hub lost, restored elsewhere: the rigs bring all of them back, once. */
import { expect, test } from "bun:test";
import { hubIsLost } from "../support/reoffer-story.ts";
import { engines } from "../support/postgres.ts";
import { say } from "../support/say.ts";

const LONG_MS = 300_000;
/** FLEET_SHARE=0.1 is a tenth of it, for every change. */
const SHARE = Number(process.env["FLEET_SHARE"] ?? 1);
const BEFORE = Math.ceil(200 * SHARE);
const AFTER = Math.ceil(500 * SHARE);

test.each(engines)(
  `%s: ${AFTER} of ${AFTER} come back from the rigs, none twice, and every answer with them`,
  async (engine) => {
    const told = await hubIsLost({ engine, before: BEFORE, after: AFTER, queueMax: 200 });
    say(
      `${engine}: ${told.back} of ${AFTER} back, ${told.doubled} doubled, ${told.different} different, ${told.offers} offers`,
    );
    expect(told).toMatchObject({ back: AFTER, doubled: 0, different: 0, idle: [], dropped: 0 });
  },
  LONG_MS,
);
