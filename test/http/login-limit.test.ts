import { describe, expect, test } from "bun:test";
import {
  createLoginLimit,
  LOGIN_TRIES,
  LOGIN_TRIES_PER_ADDRESS,
  LOGIN_WINDOW_MS,
  type LoginLimit,
} from "../../src/http/login-limit.ts";
import { testClock } from "../support/clock.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";

const WINDOW_S = LOGIN_WINDOW_MS / 1000;

function fail(limit: LoginLimit, address: string, times: number): void {
  for (let time = 0; time < times; time++) limit.admit(address);
}

describe("the limit of logins", () => {
  test("an address has its tries, then waits; another one does not", () => {
    const limit = createLoginLimit(testClock());
    fail(limit, "10.0.0.1", LOGIN_TRIES_PER_ADDRESS);
    expect(() => limit.admit("10.0.0.1")).toThrow(
      expect.objectContaining({ code: "rate_limited", retryAfterS: WINDOW_S }),
    );
    expect(() => limit.admit("10.0.0.2")).not.toThrow();
  });

  test("after the window an address may try again", () => {
    const clock = testClock();
    const limit = createLoginLimit(clock);
    fail(limit, "10.0.0.1", LOGIN_TRIES_PER_ADDRESS);
    clock.advance(LOGIN_WINDOW_MS - 1);
    expect(() => limit.admit("10.0.0.1")).toThrow();
    clock.advance(1);
    expect(() => limit.admit("10.0.0.1")).not.toThrow();
  });

  test("many addresses share a limit", () => {
    const clock = testClock();
    const limit = createLoginLimit(clock);
    for (let host = 0; host < LOGIN_TRIES; host++) limit.admit(`10.0.1.${host}`);
    expect(() => limit.admit("10.0.2.1")).toThrow(expect.objectContaining({ code: "rate_limited" }));
    clock.advance(LOGIN_WINDOW_MS);
    expect(() => limit.admit("10.0.2.1")).not.toThrow();
  });

  test("the right key costs nothing, however often", () => {
    const limit = createLoginLimit(testClock());
    for (let time = 0; time < 2 * LOGIN_TRIES; time++) {
      limit.admit("10.0.0.1");
      limit.succeeded("10.0.0.1");
    }
    expect(() => limit.admit("10.0.0.1")).not.toThrow();
  });
});

describe("the login form", () => {
  const hub = testHub("embedded");
  const signIn = (key: string): Promise<Response> =>
    hub.send("POST", "/login", { body: new URLSearchParams({ key, next: "/" }) });

  test("past the limit even the right key waits, and every wrong key before got the same reply", async () => {
    const replies: string[] = [];
    for (let time = 0; time < LOGIN_TRIES_PER_ADDRESS; time++) {
      const reply = await signIn(time % 2 === 0 ? "wrong" : ADMIN_KEY.slice(1));
      replies.push(`${reply.status} ${await reply.text()}`);
    }
    expect(new Set(replies).size).toBe(1);
    expect(replies[0]).toStartWith("401");
    const refused = await signIn(ADMIN_KEY);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, `${WINDOW_S}`]);
    expect(refused.headers.get("set-cookie")).toBeNull();
    expect(await refused.text()).toContain("too many tries");
    hub.context.clock.advance(LOGIN_WINDOW_MS);
    expect((await signIn(ADMIN_KEY)).status).toBe(303);
  });
});
