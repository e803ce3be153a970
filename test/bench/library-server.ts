// The hub of the library's benchmark, in a process of its own so that its memory can be read from outside.
// Its arguments are database URLs, one a path: /0/…, /1/….
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { systemRandom } from "../../src/base/random.ts";
import { createLibrary, type LibraryAnswer, type LibraryRequest } from "../../src/domain/library.ts";
import { testContext } from "../support/context.ts";
import { readBytes } from "../support/library-client.ts";
import { openTestDatabase } from "../support/postgres.ts";

const libraries = await Promise.all(
  process.argv.slice(2).map(async (url) => {
    const { sql } = await openTestDatabase({ url, dataDir: "" });
    const context = { ...testContext(sql), clock: systemClock, random: systemRandom };
    return createLibrary(context, mkdtempSync(join(tmpdir(), "fleet-bench-")));
  }),
);
/** Replies kept in memory: what the same bytes cost without a library behind them. */
const kept = new Map<string, Uint8Array>();

function requestOf({ url, headers }: Request): LibraryRequest {
  const query = new URL(url).searchParams;
  const since = query.get("since");
  const key = headers.get("authorization")?.slice("Bearer ".length);
  return { key, acceptsZstd: query.get("plain") === null, ...(since === null ? {} : { since: Number(since) }) };
}

function reply(answer: LibraryAnswer): Response {
  const headers = { "x-library-version": `${answer.version}` };
  if (answer.status === 304) return new Response(null, { status: 304, headers });
  return new Response(answer.body as BodyInit, { headers });
}

const server = Bun.serve({
  port: 0,
  idleTimeout: 120,
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/kept") return new Response((kept.get(search) ?? "") as BodyInit);
    const answer = await libraries[Number(pathname.slice(1))]?.answer(requestOf(request));
    if (answer === undefined) return new Response("no such library", { status: 404 });
    if (request.method === "GET") return reply(answer);
    if (answer.status === 200) kept.set(search, await readBytes(answer.body));
    return new Response("kept");
  },
});
console.log(server.port);
