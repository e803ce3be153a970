/**
 * npm run test:faults -- slow-hour: an hour over 256 kbit/s, 700 ms and 2 % loss, with the first sync of a library of
 * 50,000 and cuts of seconds to minutes. With --tenth a shortened one of little more than a minute.
 */
import { test } from "bun:test";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { seededRandom, unitInterval } from "../../src/base/random.ts";
import { openDatabase } from "../../src/db/connect.ts";
import { seedVariedLibrary } from "../support/library-seed.ts";
import { say } from "../support/say.ts";
import { startRadioFleet, type RadioFleet } from "./link/radio-fleet.ts";
import { GOOD_LINK, radioProblem, SATELLITE, type Shape } from "./link/radio.ts";
import { checkFleet } from "./support/check.ts";
import { answer, handIn, recall } from "./support/drive.ts";
import { row } from "./support/row.ts";

interface Hour {
  readonly seconds: number;
  readonly episodes: number;
  /** Events that the rig behind the link finds in it, and its neighbour too. */
  readonly events: number;
}

const WHOLE: Hour = { seconds: 3600, episodes: 50_000, events: 240 };
const SHORT: Hour = { seconds: 75, episodes: 1500, events: 24 };
const SEED = 8_001;
const CUTS_AN_HOUR = 24;
const SEEDED_RIGS = 40;

const problem = radioProblem();
if (problem !== undefined) test.skip(`slow-hour: ${problem}`, () => {});
else
  row("slow-hour", { full: 1 }, async () => {
    const hour = process.env["FLEET_FAULTS_TENTH"] === "1" ? SHORT : WHOLE;
    const fleet = await startRadioFleet({
      rigIds: ["FAR-1", "NEAR-1"],
      seed: SEED,
      hubEnvironment: { FLEET_LIBRARY_MAX_EPISODES: "60000", FLEET_CURATION_QUIET_MS: "2000" },
      rigEnvironment: {
        FLEET_SYNC_INTERVAL_SECS: String(Math.ceil(hour.seconds / 12)),
        FLEET_REQUEST_TIMEOUT_SECS: "30",
      },
      fill: (url) => fill(url, hour.episodes),
    });
    try {
      const faults = await live(fleet, hour);
      return { faults, ...(await checkFleet(fleet)) };
    } finally {
      await fleet.close();
    }
  });

async function fill(databaseUrl: string, episodes: number): Promise<void> {
  const log = silentLog;
  const database = await openDatabase({ databaseUrl, dataDir: "", pool: 2, prepare: true, log, clock: systemClock });
  const archived = Math.floor(episodes / 20);
  await seedVariedLibrary(database.sql, { episodes, archived, rigs: SEEDED_RIGS, at: new Date() });
  await database.close();
}

/** Returns how often the link was cut. */
async function live(fleet: RadioFleet, hour: Hour): Promise<number> {
  const [far, near] = fleet.rigs;
  if (far === undefined || near === undefined) throw new Error("two rigs are in the story");
  const started = performance.now();
  const over = (): boolean => performance.now() - started > hour.seconds * 1000;
  far.radio.set(SATELLITE);
  const cuts = cutNowAndThen((shape) => far.radio.set(shape), hour, over);
  const synced = firstSync(fleet, hour, started);
  const random = seededRandom(SEED);
  for (let nth = 0; !over(); nth++) {
    for (const rig of [far, near]) {
      await handIn(rig, rig.ledger.nextEvent());
      const given = unitInterval(random) < 0.4 ? rig.ledger.nextAnswer() : undefined;
      if (given !== undefined) await answer(rig, given);
      await recall(rig);
    }
    await Bun.sleep((hour.seconds * 1000) / hour.events);
  }
  const tried = await cuts;
  far.radio.set(GOOD_LINK);
  await synced;
  return tried;
}

/** Also ones that are over in one direction only, and one that lasts a sixth of all. */
async function cutNowAndThen(set: (shape: Shape) => void, hour: Hour, over: () => boolean): Promise<number> {
  const random = seededRandom(SEED + 1);
  const scale = (hour.seconds * 1000) / CUTS_AN_HOUR;
  for (let cuts = 0; ; cuts++) {
    await Bun.sleep(scale * (0.2 + unitInterval(random) * 1.2));
    if (over()) return cuts;
    const closed = (["both", "up", "down"] as const)[random.u32() % 3] ?? "both";
    set({ ...SATELLITE, closed });
    await Bun.sleep(cuts === 5 ? scale * 4 : scale * (0.02 + unitInterval(random) * 0.6));
    set(SATELLITE);
  }
}

const LOOK_EVERY_MS = 5000;

/** A pull that began anew after each cut would never end: within the time it has to be whole. */
async function firstSync(fleet: RadioFleet, hour: Hour, started: number): Promise<void> {
  const [far] = fleet.rigs;
  const seconds = (): number => Math.round((performance.now() - started) / 1000);
  for (let told = 0; ;) {
    const { library } = (await far?.daemon.status()) ?? { library: { version: 0, episodes: 0 } };
    if (library.version > 0) return say(`  the first sync is whole after ${seconds()} s: ${library.episodes} episodes`);
    if (seconds() > hour.seconds + 60) throw new Error(`after ${seconds()} s the first sync is not whole`);
    if (library.episodes > told) say(`  ${library.episodes} episodes after ${seconds()} s`);
    told = library.episodes + hour.episodes / 10;
    await Bun.sleep(LOOK_EVERY_MS);
  }
}
