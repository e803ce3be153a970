/** A process of its own that a test can kill: `hold DIR`, `write DIR`, `broken-disk DIR`, `migrate DIR`. */
import { openDatabase } from "../../src/db/connect.ts";
import { databaseDirectory } from "../../src/db/embedded-directory.ts";
import { startEngine } from "../../src/db/embedded-engine.ts";
import { migrate } from "../../src/db/migrate.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemClock } from "../../src/base/clock.ts";

export const BROKEN = 74;
const ROW_BYTES = 2000;

const [verb, dataDir = ""] = process.argv.slice(2);
// Bytecode knows no await at the top of a file.
void main();

async function main(): Promise<void> {
  if (verb === "broken-disk") await writeToBrokenDisk();
  else await run();
  if (verb === "hold") await hold();
}

/** What nobody refers to any more is collected now rather than at some time: the lock must not go with it. */
async function hold(): Promise<void> {
  for (let round = 0; round < 30; round++) {
    await systemClock.sleep(10);
    Bun.gc(true);
  }
  console.log("open");
}

async function run(): Promise<void> {
  const options = { dataDir, pool: 1, prepare: true, log: silentLog, clock: systemClock };
  const { sql, close } = await openDatabase(options);
  if (verb === "migrate") {
    console.log(JSON.stringify(await migrate({ sql })));
    await close();
    return;
  }
  if (verb !== "write") return;
  console.log("open");
  await sql`create table if not exists acknowledged (n integer primary key, filler text not null)`;
  for (let n = 0; ; n++) {
    await sql`insert into acknowledged values (${n}, ${"x".repeat(ROW_BYTES)})`;
    console.log(n);
  }
}

/** Says `acknowledged` when a commit is reported whose sync failed. */
async function writeToBrokenDisk(): Promise<void> {
  let broken = false;
  const engine = await startEngine({
    directory: await databaseDirectory(dataDir),
    onBrokenDisk: () => process.exit(BROKEN),
    syncFile: () => {
      if (broken) throw Object.assign(new Error("I/O error"), { code: "EIO" });
    },
  });
  await engine.exec("create table t (n integer)");
  broken = true;
  await engine.exec("insert into t values (1)");
  console.log("acknowledged");
}
