import { systemClock } from "../../src/base/clock.ts";
import { Fault } from "../../src/base/fault.ts";
import { silentLog } from "../../src/base/log.ts";
import { seededRandom } from "../../src/base/random.ts";
import { openZstd } from "../../src/base/zstd-native.ts";
import { openDatabase, type Database } from "../../src/db/connect.ts";
import { migrate } from "../../src/db/migrate.ts";
import { progressBar } from "./progress-bar.ts";
import { LARGE_BYTES_MAX, seedLarge, type SeededFleet } from "./seed-large.ts";

/** The same fleet each time. */
const SEED = 20_261_125;
const SCALE_MAX = 4;
const POOL = 4;
const GB = 1e9;

export interface SeedCommand {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string | undefined;
  /** As it was typed. */
  readonly scale: string | undefined;
}

/** `npm run demo -- --seed-large`: migrates, fills and leaves the database. Faults: `usage`, `config`. */
export async function runSeedLarge({ databaseUrl, dataDir, scale }: SeedCommand): Promise<void> {
  const factor = readScale(scale);
  if ((databaseUrl === undefined) === (dataDir === undefined)) {
    throw new Fault(
      "usage",
      "say which database is to be filled",
      "give --database-url URL (or FLEET_DATABASE_URL), or --data-dir DIR for the embedded one",
    );
  }
  const options = {
    databaseUrl,
    dataDir: dataDir ?? "",
    pool: POOL,
    prepare: true,
    log: silentLog,
    clock: systemClock,
  };
  const database = await openDatabase(options);
  try {
    await migrate(database);
    await fill(database, factor);
  } finally {
    await database.close();
  }
}

function readScale(text = "1"): number {
  const scale = Number(text);
  if (scale > 0 && scale <= SCALE_MAX) return scale;
  throw new Fault(
    "usage",
    `--scale must be over 0 and at most ${SCALE_MAX}, not ${text}`,
    "0.1 is a tenth of the fleet",
  );
}

async function fill({ sql, engine }: Database, scale: number): Promise<void> {
  const startedMs = performance.now();
  const { stdout } = process;
  const seeded = await seedLarge({
    sql,
    zstd: await openZstd(),
    clock: systemClock,
    random: seededRandom(SEED),
    scale,
    progress: progressBar(systemClock, { isTerminal: stdout.isTTY, write: (text) => stdout.write(text) }),
  });
  const [size] = await sql<{ bytes: number }[]>`select pg_database_size(current_database()) as bytes`;
  const minutes = (performance.now() - startedMs) / 60_000;
  console.log(summary(seeded, engine));
  const [bytes, atMost] = [size?.bytes ?? 0, LARGE_BYTES_MAX * scale];
  const verdict = scale === 1 && bytes > atMost ? "MISSED" : "";
  console.log(`${minutes.toFixed(1)} minutes, ${inGb(bytes)} GB (≤ ${inGb(atMost)}) ${verdict}`.trimEnd());
}

function inGb(bytes: number): string {
  return (bytes / GB).toFixed(2);
}

function summary({ rigs, events, episodes, versions }: SeededFleet, engine: Database["engine"]): string {
  const number = new Intl.NumberFormat("en");
  return (
    `Demo data, ${engine}: ${number.format(rigs)} rigs, ${number.format(events)} events, ` +
    `${number.format(episodes)} episodes, ${number.format(versions)} library versions`
  );
}
