import { beforeAll, describe, expect, test } from "bun:test";
import { newReadiness } from "../../src/domain/readiness.ts";
import { createApp } from "../../src/http/app.ts";
import { PAGE_SETS } from "../../src/http/pages.ts";
import { createIngest } from "../../src/domain/ingest.ts";
import { createLibrary } from "../../src/domain/library.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { signIn, type Visitor } from "../support/signed-in.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const VIEWER_KEY = "the-viewer-key-of-the-tests";
const API = "/api/fleet";

/** Who a route is for; every route of the JSON API stands here, or the test below fails. */
const ROUTES: Readonly<Record<string, "anyone" | "rig" | "reader" | "rig or reader" | "admin">> = {
  [`GET ${API}/health`]: "anyone",
  [`POST ${API}/enroll`]: "anyone",
  [`POST ${API}/events`]: "rig",
  [`POST ${API}/events/offer`]: "rig",
  [`GET ${API}/events/:id`]: "rig or reader",
  [`PATCH ${API}/events/:id/outcome`]: "rig",
  [`GET ${API}/library`]: "rig",
  [`GET ${API}/library/stats`]: "rig or reader",
  [`GET ${API}/rigs`]: "reader",
  [`POST ${API}/rigs/register`]: "admin",
  [`POST ${API}/rigs/enrolments`]: "admin",
  [`GET ${API}/rigs/:id`]: "reader",
  [`POST ${API}/rigs/:id/revoke`]: "admin",
  [`POST ${API}/rigs/:id/rotate-key`]: "admin",
  [`GET ${API}/dashboard/summary`]: "reader",
  [`GET ${API}/dashboard/trends`]: "reader",
  [`GET ${API}/dashboard/outcomes`]: "reader",
  "GET /dl": "rig",
  "GET /dl/:id": "rig",
  "GET /metrics": "anyone",
  "GET /livez": "anyone",
  "GET /readyz": "anyone",
  "GET /openapi": "anyone",
};

/** What each visitor is told where a route is not for them; 0 where they get in. */
const REFUSED = {
  anyone: { nobody: 0, rig: 0, viewer: 0, admin: 0 },
  rig: { nobody: 401, rig: 0, viewer: 401, admin: 401 },
  reader: { nobody: 401, rig: 403, viewer: 0, admin: 0 },
  "rig or reader": { nobody: 401, rig: 0, viewer: 0, admin: 0 },
  admin: { nobody: 401, rig: 403, viewer: 403, admin: 0 },
} as const;
type Who = keyof (typeof REFUSED)["rig"];
const WHO: readonly Who[] = ["nobody", "rig", "viewer", "admin"];

describe("role × route", () => {
  const hub = testHub("embedded", { settings: { viewer_key: VIEWER_KEY } });
  const keys: Partial<Record<Who, string>> = { viewer: VIEWER_KEY, admin: ADMIN_KEY };
  const visitors: Partial<Record<Who, Visitor>> = {};
  beforeAll(async () => {
    keys.rig = await hub.register("RIG-1");
    visitors.viewer = await signIn(hub, VIEWER_KEY);
    visitors.admin = await signIn(hub, ADMIN_KEY);
  });

  const pages = PAGE_SETS.flatMap((set) => set.pages ?? []);
  const downloads = PAGE_SETS.flatMap((set) => set.downloads ?? []);
  const deeds = PAGE_SETS.flatMap((set) => set.deeds ?? []);
  const filled = (path: string): string => path.replaceAll(/:\w+/g, "RIG-9");

  test("every route is in one of the tables", async () => {
    const { context } = hub;
    const ingest = createIngest(context);
    const library = createLibrary(context, temporaryDirectory());
    const metrics = createMetrics("0.0.0-test");
    const app = await createApp({
      context,
      curator: hub.curator,
      ingest,
      library,
      metrics,
      readiness: newReadiness(),
      version: "0.0.0-test",
    });
    const known = new Set([
      ...Object.keys(ROUTES),
      ...[...pages, ...downloads].map(({ path }) => `GET ${path}`),
      ...deeds.map(({ path }) => `POST ${path}`),
      "GET /login",
      "POST /login",
      "POST /logout",
      "GET /assets/*",
      "ALL /*",
    ]);
    const routes = app.routes.map(({ method, path }) => `${method} ${path}`);
    expect(routes.filter((route) => !known.has(route))).toEqual([]);
    await library.close();
    await ingest.drain();
  });

  describe.each(Object.entries(ROUTES))("%s is for %s", (route, whose) => {
    const [method = "", path = ""] = route.split(" ");
    test.each(WHO)("asked by %s", async (who) => {
      const key = keys[who];
      const reply = await hub.send(method, filled(path), {
        ...(key === undefined ? {} : { key }),
        ...(method === "GET" ? {} : { json: {} }),
      });
      const refused = REFUSED[whose][who];
      if (refused === 0) expect([401, 403]).not.toContain(reply.status);
      else expect(reply.status).toBe(refused);
    });

    test.each(["viewer", "admin"] as const)(
      "asked by the browser of %s: it reads, and changes nothing",
      async (who) => {
        const cookie = visitors[who]?.cookie ?? "";
        const reply = await hub.send(method, filled(path), {
          headers: { cookie },
          ...(method === "GET" ? {} : { json: {} }),
        });
        const opens = whose === "anyone" || (method === "GET" && REFUSED[whose][who] === 0);
        if (opens) expect([401, 403]).not.toContain(reply.status);
        else expect(reply.status).toBe(401);
      },
    );
  });

  describe.each([...pages, ...downloads].map(({ path, admin = false }) => [path, admin] as const))(
    "page %s, for the admin alone: %s",
    (path, adminOnly) => {
      test("sends away who has not signed in, also with a rig's or an admin's key", async () => {
        for (const key of [undefined, keys.rig, ADMIN_KEY]) {
          const reply = await hub.send("GET", filled(path), key === undefined ? {} : { key });
          expect([reply.status, reply.headers.get("location")]).toEqual([303, expect.stringMatching(/^\/login\?/)]);
        }
      });

      test("opens by role", async () => {
        const [asViewer, asAdmin] = [await visitors.viewer?.get(filled(path)), await visitors.admin?.get(filled(path))];
        if (adminOnly) expect(asViewer?.status).toBe(403);
        else expect([200, 303, 404]).toContain(asViewer?.status ?? 0);
        expect([200, 303, 404]).toContain(asAdmin?.status ?? 0);
      });
    },
  );

  describe.each(deeds.map(({ path, harmless = false }) => [path, harmless] as const))(
    "form %s, open to viewers: %s",
    (path, harmless) => {
      test("is refused without a session, whoever's key comes with it", async () => {
        for (const key of [undefined, keys.rig, ADMIN_KEY]) {
          const body = new URLSearchParams({ form_token: visitors.admin?.formToken ?? "" });
          const reply = await hub.send("POST", filled(path), { body, ...(key === undefined ? {} : { key }) });
          expect(reply.status).toBe(401);
        }
      });

      test("is refused to a viewer unless it changes nothing", async () => {
        const reply = await visitors.viewer?.press(filled(path));
        if (harmless) expect(reply?.status).toBeLessThan(400);
        else expect(reply?.status).toBe(403);
      });

      test.each([
        ["without the token", {}, { form_token: "" }],
        ["with another session's token", {}, "viewer"],
        ["from another site", { origin: "https://evil.test" }, {}],
        ["from a page without an origin", { origin: "null" }, {}],
      ] as const)("is refused to the admin %s", async (_how, headers, fields) => {
        const sent = fields === "viewer" ? { form_token: visitors.viewer?.formToken ?? "" } : fields;
        const reply = await visitors.admin?.press(filled(path), sent, headers);
        expect(reply?.status).toBe(403);
      });
    },
  );
});
