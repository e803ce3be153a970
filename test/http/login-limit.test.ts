import { beforeEach, describe, expect, test } from "bun:test";
import {
  createLoginLimit,
  LOGIN_TRIES,
  LOGIN_TRIES_PER_ADDRESS,
  LOGIN_WINDOW_MS,
  type LoginLimit,
} from "../../src/http/login-limit.ts";
import { testClock } from "../support/clock.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const WINDOW_S = LOGIN_WINDOW_MS / 1000;
const TOO_MANY = { code: "rate_limited" };

async function fail(limit: LoginLimit, address: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await limit.admit(address);
}

forEachEngine("the limit of logins", (engine) => {
  const hub = testHub(engine);
  const limitOf = (clock = testClock()): LoginLimit => createLoginLimit({ sql: hub.context.sql, clock });
  beforeEach(async () => {
    await hub.context.sql`delete from tries`;
  });

  test("an address has its tries, then waits; another one does not", async () => {
    const limit = limitOf();
    await fail(limit, "10.0.0.1", LOGIN_TRIES_PER_ADDRESS);
    expect(await rejection(limit.admit("10.0.0.1"))).toMatchObject({ ...TOO_MANY, retryAfterS: WINDOW_S });
    await limit.admit("10.0.0.2");
  });

  test("two hubs behind a balancer count together, and so does one that was started again", async () => {
    const hubs = [limitOf(), limitOf()];
    for (let time = 0; time < LOGIN_TRIES_PER_ADDRESS; time++) await hubs[time % 2]?.admit("10.0.0.1");
    for (const limit of [...hubs, limitOf()]) expect(await rejection(limit.admit("10.0.0.1"))).toMatchObject(TOO_MANY);
    await hubs[1]?.admit("10.0.0.2");
  });

  test("tries at once all count", async () => {
    const [one, other] = [limitOf(), limitOf()];
    const tries = Array.from({ length: 4 * LOGIN_TRIES_PER_ADDRESS }, (_, at) =>
      (at % 2 === 0 ? one : other).admit("10.0.0.1"),
    );
    const admitted = (await Promise.allSettled(tries)).filter(({ status }) => status === "fulfilled");
    expect(admitted).toHaveLength(LOGIN_TRIES_PER_ADDRESS);
  });

  test("after the window an address may try again", async () => {
    const clock = testClock();
    const limit = limitOf(clock);
    await fail(limit, "10.0.0.1", LOGIN_TRIES_PER_ADDRESS);
    clock.advance(LOGIN_WINDOW_MS - 1);
    expect(await rejection(limit.admit("10.0.0.1"))).toMatchObject({ ...TOO_MANY, retryAfterS: 1 });
    clock.advance(1);
    await limit.admit("10.0.0.1");
  });

  test("many addresses share a limit, and who is refused by it leaves no row", async () => {
    const clock = testClock();
    const limit = limitOf(clock);
    for (let host = 0; host < LOGIN_TRIES; host++) await limit.admit(`10.0.1.${host}`);
    for (let host = 0; host < 20; host++)
      expect(await rejection(limit.admit(`10.0.2.${host}`))).toMatchObject(TOO_MANY);
    const [rows] = await hub.context.sql`select count(*) as count from tries`;
    expect(rows?.["count"]).toBe(LOGIN_TRIES + 1);
    clock.advance(LOGIN_WINDOW_MS);
    await limit.admit("10.0.2.1");
    const [kept] = await hub.context.sql`select count(*) as count from tries`;
    expect(kept?.["count"]).toBe(2);
  });

  test("what one address is refused does not lock the others out", async () => {
    const limit = limitOf();
    await fail(limit, "10.0.0.1", LOGIN_TRIES_PER_ADDRESS);
    for (let time = 0; time < LOGIN_TRIES; time++) await rejection(limit.admit("10.0.0.1"));
    await limit.admit("10.0.0.2");
  });

  test("the right key costs nothing, however often", async () => {
    const limit = limitOf();
    for (let time = 0; time < LOGIN_TRIES + 10; time++) {
      await limit.admit("10.0.0.1");
      await limit.succeeded("10.0.0.1");
    }
    await limit.admit("10.0.0.1");
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
