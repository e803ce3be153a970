import { expect, test } from "bun:test";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { openDatabase } from "../../src/db/connect.ts";
import { isOutage } from "../../src/db/errors.ts";
import { rejection } from "../support/rejection.ts";
import { testDatabase, type TestDatabase } from "../support/postgres.ts";

/** One connection, so that whatever comes next has to use the one that was lost. */
function openOne({ url, dataDir }: TestDatabase) {
  return openDatabase({ databaseUrl: url, dataDir, pool: 1, prepare: false, log: silentLog, clock: systemClock });
}

/** What reached nobody while `act` ran. */
async function loose(act: () => Promise<void>): Promise<unknown[]> {
  const seen: unknown[] = [];
  const note = (error: unknown) => void seen.push(error);
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
  await act();
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  process.off("uncaughtException", note);
  process.off("unhandledRejection", note);
  return seen;
}

async function terminate({ sql }: TestDatabase, pid: number): Promise<void> {
  await sql`select pg_terminate_backend(${pid}, 5000)`;
}

const ROUNDS = 5;

test("a transaction that loses its connection fails as an outage, ends nothing else, and the pool stays whole", async () => {
  const there = await testDatabase("server");
  const { sql, close } = await openOne(there);
  const errors: unknown[] = [];
  const found = await loose(async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const failed = rejection(
        sql.begin(async (tx) => {
          const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
          const waiting = tx`select pg_sleep(20)`.execute();
          await terminate(there, row?.pid ?? 0);
          await waiting;
        }),
      );
      errors.push(await failed);
      expect([...(await sql`select ${round}::int as round`)]).toEqual([{ round }]);
    }
  });
  expect(found).toEqual([]);
  expect(errors.map(isOutage)).toEqual(errors.map(() => true));
  await close();
  await there.close();
});

test("what a transaction wants to write after its connection was lost is written nowhere", async () => {
  const there = await testDatabase("server");
  await there.sql`create table written (by_whom text)`;
  const { sql, close } = await openOne(there);
  const errors: unknown[] = [];
  const found = await loose(async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { promise: other, resolve: begun } = Promise.withResolvers<{ second: Promise<unknown> }>();
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      const failed = rejection(
        sql.begin(async (tx) => {
          const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
          await terminate(there, row?.pid ?? 0);
          // Another one gets the connection, made anew, and is in the middle of its own work.
          const { promise: met, resolve: meet } = Promise.withResolvers<void>();
          const second = sql.begin(async (own) => {
            await own`insert into written values ('the second')`;
            meet();
            await own`select pg_sleep(0.05)`;
            throw new Error("the second one thinks better of it");
          });
          second.catch(() => {});
          begun({ second });
          await met;
          await tx`insert into written values ('the first')`.finally(end);
        }),
      );
      errors.push(await failed);
      await rejection((await other).second);
      await ended;
    }
  });
  expect([...(await there.sql`select by_whom from written`)]).toEqual([]);
  expect(errors.map(isOutage)).toEqual(errors.map(() => true));
  expect(found).toEqual([]);
  await close();
  await there.close();
});

const ROWS_BEFORE_IT_FAILS = 2;

test("an answer begins with its first row, though the one before failed behind some of its own", async () => {
  const there = await testDatabase("server");
  const { sql, close } = await openOne(there);
  const failed = await rejection(
    sql`select 1 / (${ROWS_BEFORE_IT_FAILS + 1}::int - nth) as n from generate_series(1, 5) as nth`,
  );
  expect(String(failed)).toContain("division by zero");
  expect([...(await sql`select 7 as n`)]).toEqual([{ n: 7 }]);
  await close();
  await there.close();
});

test("an answer begins with its first row, though the one before lost its connection behind some of its own", async () => {
  const there = await testDatabase("server");
  const { sql, close } = await openOne(there);
  // Longer than what the server keeps back, so that some have come before the rest never does.
  const cut = sql`
    select case when nth < 5000 then repeat('x', 100) else pg_terminate_backend(pg_backend_pid())::text end as n
    from generate_series(1, 6000) as nth`;
  expect(isOutage(await rejection(cut))).toBe(true);
  expect([...(await sql`select 7 as n`)]).toEqual([{ n: 7 }]);
  await close();
  await there.close();
});
