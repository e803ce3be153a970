import { expect, test } from "bun:test";
import { silentLog } from "../../src/base/log.ts";
import { BODY_DEADLINE_MS, readBody } from "../../src/http/body.ts";
import { errorReply } from "../../src/http/replies.ts";
import { testClock } from "../support/clock.ts";
import { rejection } from "../support/rejection.ts";

const LIMIT = 64;

function post(body: ReadableStream<Uint8Array> | string): Request {
  return new Request("http://localhost/", { method: "POST", body });
}

/** A sender that gives bytes when the test says so. */
function slowBody() {
  let sender: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      sender = controller;
    },
    cancel: () => {
      cancelled = true;
    },
  });
  return {
    stream,
    drip: () => sender?.enqueue(new Uint8Array(1)),
    end: () => sender?.close(),
    wasCancelled: () => cancelled,
  };
}

test("a body that drips past the deadline is refused, and its rest is not waited for", async () => {
  const clock = testClock();
  const { stream, drip, wasCancelled } = slowBody();
  const refusal = rejection(readBody(post(stream), LIMIT, clock));
  for (let minute = 0; minute < 10; minute++) {
    drip();
    clock.advance(BODY_DEADLINE_MS / 10);
  }
  expect(await refusal).toMatchObject({ code: "timeout" });
  expect(wasCancelled()).toBe(true);
});

test("a slow body that ends in time is taken, and its deadline does not go on", async () => {
  const clock = testClock();
  const { stream, drip, end } = slowBody();
  const reading = readBody(post(stream), LIMIT, clock);
  for (let part = 0; part < 9; part++) {
    drip();
    clock.advance(BODY_DEADLINE_MS / 10);
  }
  end();
  expect((await reading).byteLength).toBe(9);
  expect(clock.sleepers).toBe(0);
});

test("a body past its limit is refused before it ends", async () => {
  const clock = testClock();
  const { stream, drip, wasCancelled } = slowBody();
  const reading = readBody(post(stream), LIMIT, clock);
  for (let byte = 0; byte <= LIMIT; byte++) drip();
  expect(await rejection(reading)).toMatchObject({ code: "too_large" });
  expect(wasCancelled()).toBe(true);
  expect(clock.sleepers).toBe(0);
});

test("a body at its limit and none at all are taken", async () => {
  expect((await readBody(post("x".repeat(LIMIT)), LIMIT, testClock())).byteLength).toBe(LIMIT);
  expect((await readBody(new Request("http://localhost/"), LIMIT, testClock())).byteLength).toBe(0);
});

test("the connection of a drip is closed with its reply", async () => {
  const clock = testClock();
  const [arrived, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let received = "";
  const server = Bun.serve({
    port: 0,
    async fetch(request) {
      const refusal = rejection(readBody(request, LIMIT, clock));
      arrived.resolve();
      return errorReply(await refusal, silentLog);
    },
  });
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(server.url.port),
    socket: {
      data: (_socket, bytes) => {
        received += bytes.toString();
      },
      close: () => closed.resolve(),
    },
  });
  socket.write("POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 60\r\n\r\nx");
  await arrived.promise;
  clock.advance(BODY_DEADLINE_MS);
  await closed.promise;
  expect(received).toStartWith("HTTP/1.1 408 ");
  await server.stop(true);
});
