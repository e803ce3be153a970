import { describe, expect, test } from "bun:test";
import {
  BODY_BYTES_MAX,
  BODY_PATIENCE_MS,
  createAdmission,
  IN_HAND_MAX,
  IN_HAND_MIN,
  IN_HAND_MS,
  KEY_BODIES_MAX,
  KEY_SHARE_MAX,
  ROOMY,
  type Admission,
} from "../../src/http/admission.ts";
import { testClock, type TestClock } from "../support/clock.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { rejection } from "../support/rejection.ts";

function enter(admission: Admission, times: number, keyOf: (at: number) => string | undefined) {
  return Array.from({ length: times }, (_, at) => admission.enter(keyOf(at)));
}

const each = (at: number): string => `key-${at}`;

describe("admission", () => {
  test("past the requests in hand the next is asked to come back, and is let in once one has left", () => {
    const admission = createAdmission(testClock());
    const [first] = enter(admission, IN_HAND_MAX, each);
    expect(() => admission.enter("late")).toThrow(expect.objectContaining({ code: "overloaded", retryAfterS: 5 }));
    first?.leave();
    expect(() => admission.enter("late")).not.toThrow();
    expect(admission.inHand).toBe(IN_HAND_MAX);
  });

  test("one key may take all that nobody else needs, and its share of the rest", () => {
    const admission = createAdmission(testClock());
    enter(admission, ROOMY, () => "greedy");
    expect(() => admission.enter("greedy")).toThrow(expect.objectContaining({ code: "rate_limited", retryAfterS: 1 }));
    enter(admission, KEY_SHARE_MAX, () => "modest");
    expect(() => admission.enter("modest")).toThrow(expect.objectContaining({ code: "rate_limited" }));
    expect(() => enter(admission, IN_HAND_MAX - ROOMY - KEY_SHARE_MAX, each)).not.toThrow();
  });

  test("who shows no key shares one share, so that nobody's requests keep no rig out", () => {
    const admission = createAdmission(testClock());
    enter(admission, ROOMY, () => undefined);
    expect(() => admission.enter(undefined)).toThrow(expect.objectContaining({ code: "rate_limited" }));
    expect(() => admission.enter("rig")).not.toThrow();
  });

  test("a slow body gives its place to others, and takes it again when it is there", async () => {
    const clock = testClock();
    const admission = createAdmission(clock);
    const ticket = admission.enter("slow");
    const { promise: body, resolve } = Promise.withResolvers<string>();
    const read = ticket.whileReading(1, () => body);
    expect(admission.inHand).toBe(1);
    clock.advance(BODY_PATIENCE_MS);
    await Promise.resolve();
    expect(admission.inHand).toBe(0);
    resolve("whole");
    expect(await read).toBe("whole");
    expect(admission.inHand).toBe(1);
    ticket.leave();
    expect([admission.inHand, clock.sleepers]).toEqual([0, 0]);
  });

  test("a quick body keeps its place, and one that fails leaves nothing behind", async () => {
    const clock = testClock();
    const admission = createAdmission(clock);
    const ticket = admission.enter("quick");
    expect(await ticket.whileReading(1, () => Promise.resolve("whole"))).toBe("whole");
    expect(admission.inHand).toBe(1);
    const failed = ticket.whileReading(BODY_BYTES_MAX, () => Promise.reject(new Error("cut")));
    expect(await rejection(failed)).toMatchObject({ message: "cut" });
    expect(await ticket.whileReading(BODY_BYTES_MAX, () => Promise.resolve("whole"))).toBe("whole");
    ticket.leave();
    expect([admission.inHand, clock.sleepers]).toEqual([0, 0]);
  });

  /** So many, one after the other, of the time that each takes. */
  function served(admission: Admission, clock: TestClock, { times, ms }: { times: number; ms: number }): void {
    for (let at = 0; at < times; at++) {
      const ticket = admission.enter(each(at));
      clock.advance(ms);
      ticket.leave();
    }
  }

  test("a hub that slows down lets fewer in, never less than the least, and more again once it is quick", () => {
    const clock = testClock();
    const admission = createAdmission(clock);
    served(admission, clock, { times: 1000, ms: IN_HAND_MS + 1 });
    const few = enter(admission, IN_HAND_MIN, each);
    expect(() => admission.enter("late")).toThrow(expect.objectContaining({ code: "overloaded" }));
    for (const ticket of few) ticket.leave();
    served(admission, clock, { times: 1000, ms: IN_HAND_MS });
    expect(() => enter(admission, IN_HAND_MAX, each)).not.toThrow();
  });

  test("that one of ten is late is as it should be", () => {
    const clock = testClock();
    const admission = createAdmission(clock);
    for (let round = 0; round < 100; round++) {
      served(admission, clock, { times: 9, ms: 1 });
      served(admission, clock, { times: 1, ms: 2 * IN_HAND_MS });
    }
    expect(() => enter(admission, IN_HAND_MAX - 1, each)).not.toThrow();
  });

  test("how long a sender takes for its body is not held against the hub", async () => {
    const clock = testClock();
    const admission = createAdmission(clock);
    for (let at = 0; at < 500; at++) {
      const ticket = admission.enter("slow");
      await ticket.whileReading(1, async () => clock.advance(60_000));
      ticket.leave();
    }
    expect(() => enter(admission, IN_HAND_MAX, each)).not.toThrow();
  });

  test("bodies on their way are bounded in bytes, and in number for each key", async () => {
    const clock = testClock();
    const admission = createAdmission(clock);
    const never = (): Promise<never> => new Promise(() => {});
    void admission.enter("large").whileReading(BODY_BYTES_MAX - 1, never);
    const beyond = admission.enter("other").whileReading(2, never);
    expect(await rejection(beyond)).toMatchObject({ code: "overloaded" });
    for (let body = 0; body < KEY_BODIES_MAX; body++) {
      void admission.enter("many").whileReading(0, never);
      clock.advance(BODY_PATIENCE_MS);
      await Promise.resolve();
    }
    const more = admission.enter("many").whileReading(0, never);
    expect(await rejection(more)).toMatchObject({ code: "rate_limited" });
    expect(await admission.enter("other").whileReading(1, () => Promise.resolve("whole"))).toBe("whole");
  });
});

describe("a hub with its hands full", () => {
  const hub = testHub("server");

  test("refuses with Retry-After at once, goes on telling a balancer that it is well, and then serves again", async () => {
    const rig = await hub.register("RIG-1");
    let waiting: Promise<Response>[] = [];
    await hub.context.sql.begin(async (tx) => {
      await tx`lock table rigs in access exclusive mode`;
      waiting = Array.from({ length: IN_HAND_MAX }, (_, at) =>
        hub.send("GET", "/api/fleet/library", { key: at < KEY_SHARE_MAX ? rig : `sk-fleet-${at}` }),
      );
      const refused = await hub.send("GET", "/api/fleet/library", { key: "another" });
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
      expect(await refused.json()).toMatchObject({ code: "overloaded" });
      expect((await hub.send("GET", "/livez")).status).toBe(200);
      expect((await hub.send("GET", "/readyz")).status).toBe(200);
    });
    const statuses = (await Promise.all(waiting)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(IN_HAND_MAX - KEY_SHARE_MAX);
    expect((await hub.send("GET", "/api/fleet/rigs", { key: ADMIN_KEY })).status).toBe(200);
  });
});
