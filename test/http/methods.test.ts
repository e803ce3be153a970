import { describe, expect, test } from "bun:test";
import { methodsOf } from "../../src/http/methods.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";

describe("a method that a path does not take", () => {
  const hub = testHub("embedded");

  test.each([
    ["PUT", "/api/fleet/events", "POST"],
    ["DELETE", "/api/fleet/rigs/RIG-1", "GET, HEAD"],
    ["GET", "/api/fleet/rigs/RIG-1/revoke", "POST"],
    ["OPTIONS", "/api/fleet/events/offer", "POST"],
    ["TRACE", "/livez", "GET, HEAD"],
    ["POST", "/openapi", "GET, HEAD"],
    ["DELETE", "/rigs", "GET, HEAD"],
    ["PATCH", "/login", "GET, HEAD, POST"],
  ])("%s %s is answered 405 with what it takes", async (method, path, allow) => {
    const reply = await hub.send(method, path, { key: ADMIN_KEY });
    expect([reply.status, reply.headers.get("allow")]).toEqual([405, allow]);
    expect(await reply.json()).toMatchObject({ code: "method_not_allowed" });
  });

  test("a path that there is not is 404 by every method", async () => {
    for (const method of ["GET", "PUT", "OPTIONS"]) {
      const reply = await hub.send(method, "/api/fleet/nothing/at/all", { key: ADMIN_KEY });
      expect([reply.status, reply.headers.get("allow")]).toEqual([404, null]);
    }
  });

  test("HEAD is taken where GET is", async () => {
    const reply = await hub.send("HEAD", "/livez");
    expect([reply.status, await reply.text()]).toEqual([200, ""]);
  });
});

test("dots and stars of a path are themselves, and gaps end at a slash", () => {
  const methods = methodsOf([
    { method: "GET", path: "/a.csv" },
    { method: "POST", path: "/rigs/:id/revoke" },
    { method: "GET", path: "/assets/*" },
  ]);
  expect(methods("/axcsv")).toEqual([]);
  expect(methods("/rigs/a/b/revoke")).toEqual([]);
  expect(methods("/rigs/a/revoke")).toEqual(["POST"]);
  expect(methods("/assets/css/app.css")).toEqual(["GET", "HEAD"]);
});
