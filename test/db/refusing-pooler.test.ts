import { expect, test } from "bun:test";
import { createServer, type AddressInfo, type Server } from "node:net";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { openDatabase } from "../../src/db/connect.ts";
import { isOutage } from "../../src/db/errors.ts";
import { rejection } from "../support/rejection.ts";

/** What pgbouncer says to everybody while the primary is away, after it has let them in. */
const REFUSAL = "server login has been failing, try again later (server_login_retry)";

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.byteLength + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const LET_IN = Buffer.concat([message("R", Buffer.alloc(4)), message("Z", Buffer.from("I"))]);
const REFUSED = message("E", Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${REFUSAL}\0\0`));

/** Lets in who comes, and refuses the first thing that is asked. */
async function refusingPooler(): Promise<{ server: Server; url: string }> {
  const server = createServer((socket) => {
    let met = false;
    socket.on("error", () => {});
    socket.on("data", () => {
      if (met) socket.end(REFUSED);
      else socket.write(LET_IN);
      met = true;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `postgres://fleet@127.0.0.1:${(server.address() as AddressInfo).port}/fleet` };
}

test("a pooler that refuses what a new connection asks first fails that query, and nothing else in the process", async () => {
  const { server, url } = await refusingPooler();
  const options = { dataDir: "", pool: 2, prepare: false, log: silentLog, clock: systemClock };
  const database = await openDatabase({ databaseUrl: url, ...options });
  const loose: unknown[] = [];
  const note = (reason: unknown) => void loose.push(reason);
  process.on("unhandledRejection", note);
  const failed = await Promise.all([1, 2, 3].map(() => rejection(database.sql`select 1`)));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(failed.map(isOutage)).toEqual([true, true, true]);
  expect(loose).toEqual([]);
  await database.sql.end({ timeout: 0 });
  server.close();
});
