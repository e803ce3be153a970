import { beforeAll, describe, expect, test } from "bun:test";
import { anEventRow, storeRows } from "../support/event-rows.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";

const HOSTILE = `=HYPERLINK("//evil")<script>alert(1)</script>`;
const SECOND = 1_794_187_658;
const EVENTS = 60;

const hub = testHub("embedded");
let cookie = "";

function get(path: string): Promise<Response> {
  return hub.send("GET", path, { headers: { cookie } });
}

async function text(path: string): Promise<string> {
  const reply = await get(path);
  expect(reply.status).toBe(200);
  return reply.text();
}

function rowIds(html: string): string[] {
  return [...html.matchAll(/<tr id="event-([^"]+)"/g)].map((match) => match[1] ?? "");
}

beforeAll(async () => {
  const reply = await hub.send("POST", "/login", { body: new URLSearchParams({ key: ADMIN_KEY }) });
  cookie = (reply.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const rows = Array.from({ length: EVENTS }, (_, n) =>
    anEventRow({
      rig_id: "RIG-7",
      well_id: n < 30 ? "WELL-A" : "WELL-B",
      second: SECOND + n * 60,
      depth: 9000 + n,
      outcome: n === 3 ? "Resolved" : "Pending",
      action_taken: n === 3 ? HOSTILE : null,
      notes: n === 3 ? "packed off at the shoe" : null,
      late: n === 5,
    }),
  );
  await storeRows(hub.context.sql, rows);
});

describe("the list of events", () => {
  test("is sorted by time either way, and the other order is one link away", async () => {
    const newest = await text("/events?size=25");
    expect(rowIds(newest)[0]).toBe(`RIG-7-${SECOND + (EVENTS - 1) * 60}`);
    expect(newest).toContain('aria-sort="descending"');
    expect(newest).toContain('href="/events?size=25&amp;sort=time"');
    const oldest = await text("/events?size=25&sort=time");
    expect(rowIds(oldest)[0]).toBe(`RIG-7-${SECOND}`);
    expect(oldest).not.toContain("data-waits");
  });

  test("filters by each name of its form, says how many match, and marks what is late", async () => {
    const late = await text("/events?late=1");
    expect(rowIds(late)).toEqual([`RIG-7-${SECOND + 300}`]);
    expect(late).toContain("<span>1 event</span>");
    expect(late).toContain(">late</span>");
    expect(rowIds(await text("/events?well=WELL-A&depth_from=9010&depth_to=9012"))).toHaveLength(3);
    expect(rowIds(await text("/events?q=shoe+packed"))).toEqual([`RIG-7-${SECOND + 180}`]);
    expect(
      rowIds(await text("/events?outcome=Resolved&category=WellControl&risk=High&campaign=Production")),
    ).toHaveLength(1);
    const day = new Date(SECOND * 1000).toISOString().slice(0, 10);
    expect(rowIds(await text(`/events?from=${day}&to=${day}&size=100`))).toHaveLength(EVENTS);
    expect(rowIds(await text(`/events?to=2026-01-01`))).toHaveLength(0);
  });

  test("a filter that matches nothing is named, with a way to clear it and nothing else", async () => {
    const html = await text("/events?rig=RIG-8&sort=time&zone=rig");
    expect(html).toContain("No event matches");
    expect(html).toContain("rig RIG-8");
    expect(html).toContain('<a href="/events?sort=time&amp;zone=rig">Clear the filter</a>');
  });

  test("links to an event carry the way back", async () => {
    const html = await text("/events?well=WELL-A");
    expect(html).toContain(`/events/RIG-7-${SECOND}?from=${encodeURIComponent("/events?well=WELL-A")}"`);
  });

  test.each([
    "risk=Dire",
    "depth_from=deep",
    "depth_to=-1",
    "from=2026-02-30",
    "rig=%00",
    "waiting=3+h",
    "waiting=1+h&outcome=Resolved",
    "sort=rig",
    "size=7",
    "q=--",
    "after=x",
  ])("refuses ?%s with a page, and the file with it", async (query) => {
    for (const path of ["/events", "/events.csv"]) {
      if (path === "/events.csv" && /^(size|after)=/.test(query)) continue;
      const reply = await get(`${path}?${query}`);
      expect(reply.status).toBe(400);
      expect(reply.headers.get("content-type")).toStartWith("text/html");
    }
  });

  test("its file has every match, whole and harmless, in the order of the page", async () => {
    const reply = await get("/events.csv?sort=time&zone=rig&size=25");
    expect(reply.headers.get("content-disposition")).toMatch(/^attachment; filename="fleet-hub-events-/);
    const lines = (await reply.text()).split("\r\n");
    expect(lines[0]).toStartWith("time_utc,rig_time_zone,event_id,rig,well,");
    expect(lines).toHaveLength(EVENTS + 3);
    expect(lines[1]).toStartWith(`${new Date(SECOND * 1000).toISOString()},UTC,RIG-7-${SECOND},`);
    expect(lines[4]).toContain(`"'=HYPERLINK(""//evil"")<script>alert(1)</script>",packed off at the shoe,`);
    expect(lines.at(-2)).toContain("end of file: 60 rows | filter: none | times: UTC | zone of the page: the rig");
  });

  test("what drillers wrote stays text", async () => {
    expect(await text("/events")).not.toContain("<script>alert");
    expect(await text(`/events?well=${encodeURIComponent(HOSTILE)}`)).not.toContain("<script>alert");
  });

  test("nobody reads page or file without a session", async () => {
    for (const path of ["/events", "/events.csv", "/search?q=RIG-7"]) {
      const reply = await hub.send("GET", path, {});
      expect(reply.status).toBe(303);
      expect(reply.headers.get("location")).toStartWith("/login?");
    }
  });
});

describe("the search", () => {
  test.each([
    ["rig-7", "/rigs/RIG-7"],
    [`RIG-7-${SECOND}`, `/events/RIG-7-${SECOND}`],
    ["WELL-A", "/events?well=WELL-A"],
  ])("%p goes straight to %s", async (typed, path) => {
    const reply = await get(`/search?q=${encodeURIComponent(typed)}`);
    expect(reply.status).toBe(303);
    expect(reply.headers.get("location")).toBe(path);
  });

  test("what has no such name gets the nearest, and the words of drillers are one link away", async () => {
    const html = await text(`/search?q=RIG-7-${SECOND + 1}`);
    expect(html).toContain(`href="/events/RIG-7-${SECOND}"`);
    const hostile = await text(`/search?q=${encodeURIComponent(HOSTILE)}`);
    expect(hostile).not.toContain("<script>alert");
    expect(hostile).toContain(`href="/events?q=${new URLSearchParams({ q: HOSTILE }).toString().slice(2)}"`);
  });

  test("without a text it says what may be typed", async () => {
    expect(await text("/search")).toContain("Type the name of a rig");
  });
});
