import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { openDatabase } from "../../src/db/connect.ts";
import { testDatabase, type TestDatabase } from "../support/postgres.ts";

/** Frontend and backend messages that open and close a turn: Sync, and ReadyForQuery. */
const SYNC = "S".charCodeAt(0);
const READY = "Z".charCodeAt(0);
const HEAD_BYTES = 5;

let there: TestDatabase;
let server: Server;
let tooEarly = 0;

beforeAll(async () => {
  there = await testDatabase("server");
  server = createServer((client) => {
    const upstream = connect(`${new URL(there.url ?? "").searchParams.get("host")}/.s.PGSQL.5432`);
    let open = 0;
    const asked = messages(true, (type) => {
      if (open > 0) tooEarly++;
      if (type === SYNC) open++;
    });
    const answered = messages(false, (type) => {
      if (type === READY && open > 0) open--;
    });
    client.on("data", (bytes: Buffer) => {
      asked(bytes);
      upstream.write(bytes);
    });
    upstream.on("data", (bytes: Buffer) => {
      answered(bytes);
      client.write(bytes);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.close();
  await there.close();
});

/** Tells the type of each message as its head arrives; the first of a client has none. */
function messages(startsBare: boolean, tell: (type: number) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  let bare = startsBare;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const head = bare ? HEAD_BYTES - 1 : HEAD_BYTES;
      if (rest.byteLength < head) return;
      const length = rest.readInt32BE(head - 4) + (bare ? 0 : 1);
      if (rest.byteLength < length) return;
      if (!bare) tell(rest[0] ?? 0);
      bare = false;
      rest = rest.subarray(length);
    }
  };
}

async function earlyMessages(prepare: boolean): Promise<number> {
  const { port } = server.address() as AddressInfo;
  const databaseUrl = `postgres://postgres@127.0.0.1:${port}${new URL(there.url ?? "").pathname}`;
  const options = { dataDir: "", pool: 2, log: silentLog, clock: systemClock };
  const { sql, close } = await openDatabase({ databaseUrl, prepare, ...options });
  tooEarly = 0;
  const plain = Array.from({ length: 30 }, (_, at) =>
    at % 2 === 0 ? sql`select 1 as found`.execute() : sql`select ${at}::int as found`.execute(),
  );
  const together = sql.begin(async (tx) => Promise.all([tx`select 1`, tx`select ${2}::int`, tx`select 3`]));
  await Promise.all([...plain, together]);
  await close();
  return tooEarly;
}

test("nothing is sent behind a question that a pooler may answer with another connection", async () => {
  expect(await earlyMessages(false)).toBe(0);
});

test("on a direct connection questions follow each other without waiting", async () => {
  expect(await earlyMessages(true)).toBeGreaterThan(0);
});
