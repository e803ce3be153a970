import { expect, test } from "bun:test";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { openLocalDoor } from "../../src/cli/local-door.ts";
import { createScratch, scratchName } from "../../src/db/backup/scratch.ts";
import { directLive } from "../../src/domain/backup/live.ts";
import { shellFor } from "../support/hub-shell.ts";
import { testDatabase, type TestDatabase } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const LONG_MS = 60_000;

async function proofs({ sql }: TestDatabase): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`select kind || ' ' || ok as line from backup_log order by id`;
  return rows.map(({ line }) => line);
}

test(
  "on a server a backup is taken and proven in a database that is gone afterwards with those that were left behind, and both leave their rows",
  async () => {
    const database = await testDatabase("server");
    const { run, printed, cwd } = shellFor(database);
    const killed = scratchName(Math.floor(systemClock.now() / 1000) - 2 * 86_400, "0123456789abcdef");
    await createScratch(database.sql, killed);
    expect(await run("backup", "--to", "out", "--same-disk")).toBe(0);
    expect(await run("restore", join(cwd, "out"), "--verify", "--scratch", "server")).toBe(0);
    expect(printed.at(-1)).toStartWith("proven in ");
    expect(await proofs(database)).toEqual(["backup true", "restore true"]);
    expect(await database.sql`select datname from pg_database where datname like 'fleet\\_verify\\_%'`).toHaveLength(0);
    await database.close();
  },
  LONG_MS,
);

test("a file that is no backup is not proven, and the row says so", async () => {
  const database = await testDatabase("server");
  const { run, printed, cwd } = shellFor(database);
  const file = join(cwd, "notes.txt");
  await Bun.write(file, "not a backup".repeat(100));
  expect(await run("restore", file, "--verify")).toBe(1);
  expect(printed.at(-1)).toStartWith("NOT proven");
  expect(await proofs(database)).toEqual(["restore false"]);
  await database.close();
});

test(
  "the embedded database of a running hub is read through that hub, onto another disk unless told",
  async () => {
    const database = await testDatabase("embedded");
    const shut = openLocalDoor(database.dataDir, directLive(database, "embedded"), silentLog);
    const { run, cwd } = shellFor(database);
    expect(await rejection(run("backup", "--to", "out"))).toMatchObject({ code: "config" });
    expect(await run("backup", "--to", "out", "--same-disk")).toBe(0);
    expect(await rejection(run("restore", join(cwd, "out"), "--into", database.dataDir))).toMatchObject({
      code: "conflict",
      message: "the target is the live database",
    });
    expect(await proofs(database)).toEqual(["backup true"]);
    await shut();
    await database.close();
  },
  LONG_MS,
);

test("refused are a password in the words and a call that says too little", async () => {
  const database = await testDatabase("server");
  const { run, cwd } = shellFor(database);
  const refusal = async (...argv: string[]): Promise<string> => String(await rejection(run(...argv)));
  await Bun.write(join(cwd, "fleet-hub-20261125T000000Z-00000000.tar"), "");
  expect(await refusal("backup")).toContain("--to is missing");
  expect(await refusal("backup", "--to", "out", "--keep", "7x")).toContain("not understood");
  expect(await refusal("backup", "--into", "postgres://fleet:secret@db/fleet")).toContain("holds a password");
  expect(await refusal("restore", cwd)).toContain("either --verify or --into");
  expect(await refusal("restore", join(cwd, "nothing"), "--verify")).toContain("there is no ");
  await database.close();
});
