/** npm run test:faults -- migration-embedded: hubs are killed while they make the embedded database. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { seededRandom, unitInterval } from "../../src/base/random.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { found, startThrough, takesAnEvent } from "./support/migrating.ts";
import { row } from "./support/row.ts";

const SEED = 7_009;
/** From the moment on at which the database begins to be unpacked. */
const UNPACKING_MS = 1000;
const UNPACKED = ["postgres.new", "postgres"];

row("migration-embedded", { full: 20, least: 2 }, async (times) => {
  const random = seededRandom(SEED);
  const wrong: string[] = [];
  for (let nth = 0; nth < times; nth++) {
    const dataDir = join(temporaryDirectory(), "hub");
    const { hubs, failed } = await startThrough(
      { database: "", options: { dataDir } },
      {
        two: false,
        afterMs: unitInterval(random) * UNPACKING_MS,
        unpacking: () => UNPACKED.some((name) => existsSync(join(dataDir, name))),
      },
    );
    wrong.push(...failed, ...(await takesAnEvent(hubs, nth)));
    await Promise.all(hubs.map((hub) => hub.kill()));
  }
  return { faults: times, ...found(wrong) };
});
