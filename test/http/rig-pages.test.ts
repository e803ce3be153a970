import { beforeAll, describe, expect, test } from "bun:test";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { anEventRow, storeRows } from "../support/event-rows.ts";
import { storeRigs } from "../support/rig-rows.ts";

const VIEWER_KEY = "the-viewer-key-of-the-tests";
const HOSTILE = `<script>alert(1)</script>"'=cmd\u202E`;

/** The hub's clock stands at noon of 2026-11-10. */
const hub = testHub("embedded", { settings: { viewer_key: VIEWER_KEY } });

async function signedIn(key: string): Promise<string> {
  const reply = await hub.send("POST", "/login", { body: new URLSearchParams({ key }) });
  return (reply.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

async function get(path: string, key = ADMIN_KEY): Promise<Response> {
  return hub.send("GET", path, { headers: { cookie: await signedIn(key) } });
}

async function page(path: string, key = ADMIN_KEY): Promise<string> {
  const reply = await get(path, key);
  expect(reply.status).toBe(200);
  return reply.text();
}

function rowsOf(html: string): string[] {
  return [...html.matchAll(/<tr id="rig-([^"]+)"/g)].map(([, rig = ""]) => rig);
}

test("without rigs the list says how the first one is enrolled, to those who can", async () => {
  expect(await page("/rigs")).toContain(`<a href="/admin">Enrol the first one</a>`);
  expect(await page("/rigs", VIEWER_KEY)).toContain("An admin can enrol the first one.");
});

describe("with rigs", () => {
  beforeAll(async () => {
    const { sql } = hub.context;
    await storeRigs(sql, [
      { rig_id: "RIG-1", last_seen: "2026-11-10T11:59:00Z", time_zone: "America/Chicago", clock_offset_s: 3 },
      { rig_id: "RIG-2", last_seen: "2026-11-08T02:30:00Z", clock_offset_s: 3600 },
      { rig_id: "RIG-3", last_seen: "2026-11-01T00:00:00Z" },
      { rig_id: "RIG-4", status: "revoked", revoked_at: "2026-11-05T00:00:00Z" },
      { rig_id: "RIG-5", last_seen: "2026-11-10T10:00:00Z", well_id: HOSTILE, field: HOSTILE },
    ]);
    await storeRows(sql, [anEventRow({ rig_id: "RIG-1", action_taken: HOSTILE })]);
  });

  test("one address has the silent rigs with since when, the longest first, for whoever opens it", async () => {
    const html = await page("/rigs?state=silent");
    expect(rowsOf(html)).toEqual(["RIG-3", "RIG-2"]);
    expect(html).toContain("2026-11-08 02:30:00 UTC");
    expect(rowsOf(await page("/rigs?state=silent", VIEWER_KEY))).toEqual(["RIG-3", "RIG-2"]);
    expect(html).toMatch(/aria-current="true"><strong>2<\/strong> Silent over 48 h/);
  });

  test("filters, order, size and place stand in the address, defaults do not", async () => {
    const html = await page("/rigs?sort=-rig&size=25&q=RIG-");
    expect(rowsOf(html)).toEqual(["RIG-5", "RIG-4", "RIG-3", "RIG-2", "RIG-1"]);
    expect(html).toContain(`href="/rigs?sort=-rig&amp;size=25&amp;q=RIG-&amp;state=silent"`);
    expect(html).toContain(`href="/rigs.csv?sort=-rig&amp;q=RIG-"`);
    expect(await page("/rigs")).toContain(`href="/rigs.csv"`);
    expect(await page("/rigs?q=zzz&state=late")).toContain("No rig matches state late, “zzz”.");
  });

  test.each(["state=asleep", "sort=mood", "size=7", "campaign=None", "spoke=new", "after=nonsense"])(
    "%s is refused with a way out",
    async (query) => {
      const reply = await get(`/rigs?${query}`);
      expect(reply.status).toBe(400);
      expect(await reply.text()).not.toContain("RIG-1");
    },
  );

  test("the file has what the list has, and its texts start no formula", async () => {
    const reply = await get("/rigs.csv?state=silent&sort=-last_seen");
    expect(reply.headers.get("content-type")).toStartWith("text/csv");
    const lines = (await reply.text()).split("\r\n");
    expect(lines[0]).toStartWith("rig,state,last_seen_utc,well,");
    expect(lines[1]).toStartWith("RIG-2,silent,2026-11-08T02:30:00.000Z,WELL-1,");
    expect(lines[2]).toStartWith("RIG-3,");
    expect(lines[3]).toContain("filter: state silent");
    expect((await get("/rigs.csv?state=asleep")).status).toBe(400);
  });

  test("times are of each rig's own zone when the visitor asks", async () => {
    expect(await page("/rigs?zone=rig")).toContain("2026-11-10 05:59:00 GMT-6");
    expect(await page("/rigs/RIG-1?zone=rig")).toContain("2026-11-10 05:59:00 GMT-6");
    expect(await page("/rigs/RIG-1")).toContain("2026-11-10 11:59:00 UTC");
  });

  test("a clock that is off is marked, one that is not is only told", async () => {
    const html = await page("/rigs");
    expect(html).toMatch(/<strong class="exception"><span aria-hidden="true">▲ <\/span>3,600.0<\/strong>/);
    expect(html).not.toMatch(/▲ <\/span>3.0/);
  });

  test("one rig says what it has, and that there is nothing where there is nothing", async () => {
    const html = await page("/rigs/RIG-1?from=%2Frigs%3Fstate%3Dsilent");
    expect(html).toContain("<title>Rig RIG-1 · Fleet Hub</title>");
    expect(html).toContain(`<a href="/rigs?state=silent">Back to the list</a>`);
    expect(html).toContain("No outcome data yet");
    expect(html).toContain(`href="/events?rig=RIG-1"`);
    expect(html).toMatch(/role="img" aria-label="In contact on \d+ of 30 days/);
    expect(await page("/rigs/RIG-1?from=%2F%2Fevil.example")).not.toContain("Back to the list");
  });

  test("an admin finds the ways to rotate and revoke; a viewer and a revoked rig say why not", async () => {
    const html = await page("/rigs/RIG-1");
    expect(html).toContain(`href="/admin/rigs/RIG-1/rotate"`);
    expect(html).toContain(`href="/admin/rigs/RIG-1/revoke"`);
    for (const refused of [await page("/rigs/RIG-1", VIEWER_KEY), await page("/rigs/RIG-4")]) {
      expect(refused).not.toContain("/admin/rigs/");
      expect(refused).toMatch(/<button type="button" disabled aria-describedby="doors-refusal">/);
    }
  });

  test("an unknown rig is not found, and names alike are told", async () => {
    for (const name of ["RIG-9", "rig-1"]) {
      const reply = await get(`/rigs/${name}`);
      expect(reply.status).toBe(404);
      expect(await reply.text()).toContain("RIG-1");
    }
    expect((await get("/rigs/%2Fetc%2Fpasswd")).status).toBe(404);
  });

  test("what a rig or a driller wrote stands as text", async () => {
    for (const path of ["/rigs", "/rigs/RIG-5", "/rigs/RIG-1", "/rigs?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E"]) {
      const html = await page(path);
      expect(html).not.toContain("<script>alert");
      expect(html).toContain("&lt;script&gt;alert(1)");
    }
  });

  test("a part that cannot be read says so, and the others stand", async () => {
    const { sql } = hub.context;
    await sql`alter table rig_refusals rename to elsewhere`;
    const html = await page("/rigs/RIG-1");
    await sql`alter table elsewhere rename to rig_refusals`;
    expect(html).toContain("The hub could not read this part (log).");
    expect(html).toContain("In contact on");
  });

  test("a refresh is answered without a body until something changes", async () => {
    for (const path of ["/rigs", "/rigs/RIG-1"]) {
      const shown = /data-shown="(\w+)"/.exec(await page(path))?.[1] ?? "";
      const headers = { cookie: await signedIn(ADMIN_KEY), "HX-Request": "true", "X-Shown": shown };
      expect((await hub.send("GET", path, { headers })).status).toBe(204);
      await hub.context.sql`update rigs set last_seen = last_seen + interval '1 second' where rig_id = 'RIG-1'`;
      expect((await hub.send("GET", path, { headers })).status).toBe(200);
    }
  });
});
