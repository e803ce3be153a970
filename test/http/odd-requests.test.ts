import { beforeAll, expect, test } from "bun:test";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { signIn, type Visitor } from "../support/signed-in.ts";

/** What the walk of test/ops/surface found: each of them was a 500 once. */
const hub = testHub("server");
let admin: Visitor;
let rigKey = "";
beforeAll(async () => {
  rigKey = await hub.register("RIG-1");
  admin = await signIn(hub, ADMIN_KEY);
});

test.each(["/episodes/%00", "/rigs/%00", "/events/RIG-1%00-1", "/admin/rigs/RIG-1%00", "/curation/runs/%00"])(
  "%s is not there: no name has a NUL",
  async (path) => {
    expect((await admin.get(path)).status).toBe(404);
  },
);

test("nor has a rig or a download of the API one", async () => {
  expect((await hub.send("GET", "/api/fleet/rigs/%00", { key: ADMIN_KEY })).status).toBe(404);
  expect((await hub.send("POST", "/api/fleet/rigs/%00/revoke", { key: ADMIN_KEY })).status).toBe(404);
  expect((await hub.send("GET", "/dl/%00", { key: rigKey })).status).toBe(404);
});

test.each(["hasOwnProperty", "__proto__", "constructor", "toString"])(
  "a page says nothing of a deed that it does not know, also by the name %s",
  async (word) => {
    for (const path of ["/admin", "/admin/rigs/RIG-1", "/admin/sessions"]) {
      const plain = await admin.get(path);
      const asked = await admin.get(`${path}?done=${word}`);
      expect([path, asked.status]).toEqual([path, plain.status]);
    }
  },
);

test("a deed that it does know is said", async () => {
  expect(await admin.page("/admin/rigs/RIG-1?done=old_key_ended")).toContain("The old key opens nothing any more.");
});

test("a day is one of the centuries that the database can reckon with", async () => {
  for (const path of ["/admin/audit", "/admin/audit.csv", "/events"]) {
    expect((await admin.get(`${path}?from=1999-12-31&to=2999-12-31`)).status).toBe(200);
    for (const day of ["9999-12-31", "0000-01-01", "1850-01-01"]) {
      expect([path, (await admin.get(`${path}?to=${day}`)).status]).toEqual([path, 400]);
    }
  }
});

test("null is no body of a revocation", async () => {
  const path = "/api/fleet/rigs/RIG-1/revoke";
  const refused = await hub.send("POST", path, { key: ADMIN_KEY, json: null });
  expect([refused.status, await refused.json()]).toEqual([422, expect.objectContaining({ code: "schema" })]);
  expect((await hub.send("POST", path, { key: ADMIN_KEY })).status).toBe(200);
});
