/**
 * npm run test:surface: every page, file and form of the dashboard with odd parameters, as the admin. None may fail.
 * FLEET_SURFACE_EXAMPLES says how many requests for each (100), FLEET_SURFACE_SEED which ones.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { PAGE_SETS } from "../../../src/http/pages.ts";
import { seedFleet } from "../../browser/support/fleet.ts";
import { ADMIN_KEY, openHub, type OpenedHub } from "../../support/hub.ts";
import { signIn, type Visitor } from "../../support/signed-in.ts";
import { aGap, encoded, someFields } from "./odd-words.ts";

const EXAMPLES = Number(process.env["FLEET_SURFACE_EXAMPLES"] ?? 100);
const SEED = Number(process.env["FLEET_SURFACE_SEED"] ?? 20_261_125);
const SCALE = 0.002;
const LONG_MS = 600_000;

describe("every page with odd parameters", () => {
  let hub: OpenedHub;
  let admin: Visitor;
  let known: string[] = [];
  beforeAll(async () => {
    hub = await openHub("server");
    await seedFleet(hub, SCALE);
    known = await knownIds(hub);
    admin = await visitorOf(hub);
  }, LONG_MS);
  afterAll(() => hub.close());

  const pages = PAGE_SETS.flatMap(({ pages: shown = [], downloads = [] }) => [...shown, ...downloads]);
  const deeds = PAGE_SETS.flatMap(({ deeds: done = [] }) => done);
  const options = { numRuns: EXAMPLES, seed: SEED };

  test.each(pages.map(({ path }) => path))(
    "GET %s",
    async (path) => {
      const asked = fc.asyncProperty(aGap(known), someFields(), fc.boolean(), async (gap, fields, refreshes) => {
        const address = `${filled(path, gap)}?${query(fields)}`;
        const reply = await admin.get(address, refreshes ? { "hx-request": "true", "x-shown": "0" } : {});
        expect(sound(reply.status, address)).toBe(address);
        const isPage = reply.headers.get("content-type")?.startsWith("text/html") === true;
        if (isPage) expect(await reply.text()).not.toContain("<script>alert(1)");
      });
      await fc.assert(asked, options);
    },
    LONG_MS,
  );

  test.each(deeds.map(({ path }) => path))(
    "POST %s",
    async (path) => {
      const pressed = fc.asyncProperty(aGap(known), someFields(), async (gap, fields) => {
        const address = filled(path, gap);
        const reply = await admin.press(address, Object.fromEntries(fields));
        expect(sound(reply.status, address)).toBe(address);
        const location = reply.headers.get("location") ?? "/";
        expect(location).toMatch(/^\/(?![/\\])/);
        if (await isSignedOut(hub, admin)) admin = await visitorOf(hub);
      });
      await fc.assert(pressed, options);
    },
    LONG_MS,
  );
});

/** The address when the status is one that a person can act on, else what came. */
function sound(status: number, address: string): string {
  return status < 500 ? address : `${status} at ${address}`;
}

function filled(path: string, gap: string): string {
  return path.replaceAll(/:\w+/g, () => encoded(gap));
}

function query(fields: readonly (readonly [string, string])[]): string {
  return fields.map(([name, value]) => `${name}=${encoded(value)}`).join("&");
}

async function visitorOf({ app }: OpenedHub): Promise<Visitor> {
  const handle = async (request: Request): Promise<Response> => app.handle(request);
  return signIn({ send: sendTo(handle) }, ADMIN_KEY);
}

/** A form may end the session that pressed it. */
async function isSignedOut({ app }: OpenedHub, { cookie }: Visitor): Promise<boolean> {
  const reply = await app.handle(new Request("http://localhost/admin", { headers: { cookie } }));
  return reply.status !== 200;
}

function sendTo(handle: (request: Request) => Promise<Response>) {
  return (method: string, path: string, options: { headers?: Record<string, string>; body?: BodyInit } = {}) =>
    handle(new Request(`http://localhost${path}`, { method, ...options }));
}

async function knownIds({ database: { sql } }: OpenedHub): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    (select rig_id as id from rigs limit 3) union all (select id from events limit 3)
    union all (select id from episodes limit 3) union all (select id::text from quarantine limit 3)
    union all (select id::text from curation_runs order by id desc limit 2)`;
  return rows.map(({ id }) => id);
}
