import { expect, test } from "bun:test";
import { createClient } from "../../spoke/client.ts";
import { openSpokeQueue } from "../../spoke/files.ts";
import { createReoffer } from "../../spoke/reoffer.ts";
import { createUploader } from "../../spoke/uploader.ts";
import type { Net, NetReply } from "../../src/base/net.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import type { Offer } from "../../src/wire/offer.ts";
import { anEvent } from "../support/builders.ts";
import { rigContext } from "../support/rig.ts";

const DAY_MS = 86_400_000;

interface Played {
  epoch: string;
  /** The answer to an offer: what is wanted of it, or a status. */
  answer: (offer: Offer) => { wanted: string[]; outcomes: string[] } | number;
  readonly offers: Offer[];
  readonly uploads: string[];
}

function rigWith(settings: Parameters<typeof rigContext>[0] = {}) {
  const hub: Played = { epoch: "one", answer: () => ({ wanted: [], outcomes: [] }), offers: [], uploads: [] };
  const net: Net = { send: async (request) => reply(hub, request.url, request.body) };
  const context = rigContext({ ...settings, net });
  const queue = openSpokeQueue(context);
  const store = { cursor: () => ({ epoch: hub.epoch, run: undefined }) as never };
  /** Another start of the spoke. */
  const start = () => {
    const client = createClient(context);
    return createUploader(context, queue, client, createReoffer(context, queue, client, store));
  };
  const sent = async (count: number): Promise<string[]> => {
    const events = Array.from({ length: count }, (_, at) => anEvent({ timestamp: 1_790_000_000 + at }));
    for (const event of events) queue.enqueue(encodeEvent(event));
    await start().uploadOnce();
    return events.map(({ id }) => id);
  };
  return { hub, queue, context, start, sent };
}

function reply(hub: Played, url: string, body: Uint8Array | undefined): NetReply {
  const json = (status: number, value: unknown): NetReply => {
    return { status, headers: {}, body: new TextEncoder().encode(JSON.stringify(value)) };
  };
  if (url.endsWith("/offer")) {
    const offer = JSON.parse(new TextDecoder().decode(body)) as Offer;
    hub.offers.push(offer);
    const answered = hub.answer(offer);
    return typeof answered === "number"
      ? json(answered, { error: "no" })
      : json(200, { epoch: hub.epoch, ...answered });
  }
  const id = anEvent({ timestamp: 1_790_000_000 + (hub.uploads.length % 3) }).id;
  hub.uploads.push(id);
  return json(201, { id, status: "accepted" });
}

test("an epoch is offered everything once, and never again, not even after a restart", async () => {
  const { hub, start, sent } = rigWith();
  const ids = await sent(3);
  expect(hub.offers.flatMap(({ events }) => events.map(({ id }) => id))).toEqual(ids);
  await start().uploadOnce();
  await start().uploadOnce();
  expect(hub.offers).toHaveLength(1);
});

test("another epoch is offered everything anew, and what it lacks is sent again", async () => {
  const { hub, queue, start, sent } = rigWith();
  const ids = await sent(3);
  hub.epoch = "two";
  const lacking = [...ids];
  hub.answer = () => ({ wanted: lacking.splice(0), outcomes: [] });
  await start().uploadOnce();
  expect(hub.uploads).toEqual([...ids, ...ids]);
  expect(queue.status().pending).toBe(0);
  await start().uploadOnce();
  expect(hub.offers).toHaveLength(2);
});

test.each([404, 405])(
  "a hub that answers %p knows no offers: it is asked once a day, and nothing waits for it",
  async (status) => {
    const { hub, context, start, sent } = rigWith();
    await sent(2);
    hub.epoch = "two";
    hub.answer = () => status;
    const uploader = start();
    expect((await uploader.uploadOnce()).blocked).toBeUndefined();
    await uploader.uploadOnce();
    expect(hub.offers).toHaveLength(2);
    context.clock.advance(DAY_MS + 1);
    await uploader.uploadOnce();
    expect(hub.offers).toHaveLength(3);
  },
);

test("an overloaded hub is offered the same page later", async () => {
  const { hub, start, sent } = rigWith();
  await sent(2);
  hub.epoch = "two";
  hub.answer = () => 503;
  const uploader = start();
  expect((await uploader.uploadOnce()).blocked).toMatchObject({ kind: "wait" });
  hub.answer = () => ({ wanted: [], outcomes: [] });
  await uploader.uploadOnce();
  expect(hub.offers[2]).toEqual(hub.offers[1] as Offer);
});

test("a page takes half of the queue's room at most, so that what is new is never pushed out", async () => {
  const { hub, start, sent } = rigWith({ settings: { queue_max_events: 4 } });
  await sent(3);
  hub.epoch = "two";
  await start().uploadOnce();
  expect(hub.offers.map(({ events }) => events.length)).toEqual([2, 1, 2, 1]);
});

test("a body that was given up is not offered, but the answer to it is", async () => {
  const { hub, queue, context, start, sent } = rigWith();
  const [first = ""] = await sent(2);
  queue.recordOutcome({
    ticketTimestamp: 1_790_000_000,
    acknowledgedAt: 1_790_000_001,
    patch: { outcome: "FalsePositive", action_taken: null, notes: null },
  });
  const next = queue.nextOutcome();
  if (next !== undefined) queue.markOutcomeSent(next);
  context.clock.advance(40 * DAY_MS);
  queue.tidy(30);
  hub.epoch = "two";
  await start().uploadOnce();
  expect(hub.offers.at(-1)?.events).toEqual([{ id: first, outcome: expect.any(String) }]);
});
