import { expect, test } from "bun:test";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { recordingLog } from "../support/recording-log.ts";

const BROWSER = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const log = recordingLog();
const hub = testHub("embedded", { log });

test.each([
  ["/login", "/login", 200],
  ["/rigs", "/rigs", 303],
  ["/assets/app.css", "/assets/*", 200],
  ["/assets/nothing.css", "/assets/*", 404],
  ["/api/fleet/health", "/api/fleet/health", 200],
  ["/wp-admin", "/*", 404],
])("%s has a request id, one line in the log and one count", async (path, route, status) => {
  const count = async (): Promise<number> => {
    const text = await (await hub.send("GET", "/metrics")).text();
    const line = text.split("\n").find((known) => known.includes(`route="${route}",status="${status}"`));
    return Number(line?.split(" ").at(-1) ?? 0);
  };
  const before = await count();
  const logged = log.entries.length;
  const reply = await hub.send("GET", path);
  expect(reply.status).toBe(status);
  expect(reply.headers.get("x-request-id")).toMatch(/^[0-9a-f]{16}$/);
  expect(log.entries.slice(logged)).toEqual([
    { level: "info", event: "request", fields: expect.objectContaining({ method: "GET", route, status }) },
  ]);
  expect(await count()).toBe(before + 1);
});

test("a browser gets a page for what is not there, a program gets JSON", async () => {
  const page = await hub.send("GET", "/nothing/here", { headers: BROWSER });
  expect([page.status, page.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await page.text()).toContain("Not found");
  for (const headers of [{}, { Accept: "*/*" }, { Accept: "application/json" }]) {
    const reply = await hub.send("DELETE", "/nothing/here", { headers });
    expect([reply.status, await reply.json()]).toEqual([404, expect.objectContaining({ code: "not_found" })]);
  }
});

test("a route of the API answers JSON to a browser too", async () => {
  const reply = await hub.send("GET", "/api/fleet/rigs", { headers: BROWSER });
  expect([reply.status, await reply.json()]).toEqual([401, expect.objectContaining({ code: "unauthorised" })]);
});

test("a login is audited under its request id", async () => {
  const reply = await hub.send("POST", "/login", { body: new URLSearchParams({ key: ADMIN_KEY }) });
  const rows = await hub.context.sql`select request_id from admin_audit where action = 'session.open'`;
  expect(rows.map((row) => row["request_id"] as string)).toEqual([reply.headers.get("x-request-id") ?? ""]);
});
