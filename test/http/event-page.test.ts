import { beforeAll, describe, expect, test } from "bun:test";
import { encodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { anEvent } from "../support/builders.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { signIn, type Visitor } from "../support/signed-in.ts";

const VIEWER_KEY = "the-viewer-key-of-the-tests";
const HOSTILE = `<script>alert(1)</script><img src=x onerror="alert(2)">'"&</script>\u202E=cmd`;
const TIMESTAMP = 1_794_187_658;
const SEED_MS = 60_000;

const hub = testHub("embedded", { settings: { viewer_key: VIEWER_KEY } });
const event = anEvent({
  rig_id: "RIG-7",
  timestamp: TIMESTAMP,
  well_id: HOSTILE,
  advisory: { recommendation: HOSTILE },
});
let admin: Visitor;
let viewer: Visitor;

beforeAll(async () => {
  const keys = { own: await hub.register("RIG-7"), other: await hub.register("RIG-8") };
  await hub.upload(keys.own, event);
  await hub.upload(keys.own, { ...event, depth: 1 });
  await hub.curator.run("request");
  await hub.send("GET", "/api/fleet/library", { key: keys.other });
  await hub.send("PATCH", `/api/fleet/events/${event.id}/outcome`, {
    key: keys.own,
    json: { outcome: "Resolved", action_taken: "Shut the well in", notes: HOSTILE },
  });
  [admin, viewer] = [await signIn(hub, ADMIN_KEY), await signIn(hub, VIEWER_KEY)];
}, SEED_MS);

describe("the page of an event", () => {
  test("its first part answers what, where, how bad, what was done, and whether it helped others", async () => {
    const html = await admin.page(`/events/${event.id}`);
    const first = html.slice(0, html.indexOf('id="tracks"'));
    expect(first).toContain(">High WellControl on RIG-7</h1>");
    for (const answer of ["What happened", "Where and when", "What was done", "Did it help others"])
      expect(first).toContain(`>${answer}</h2>`);
    expect(first).toContain("9,898.0 ft");
    expect(first).toContain("Shut the well in");
    expect(first).toContain("1 of 1 rig has it");
    expect(first).toContain(`href="/episodes/${event.id}-episode"`);
  });

  test("tracks, votes, physics, trace, timeline, reach and the file follow", async () => {
    const html = await admin.page(`/events/${event.id}`);
    const places = ["tracks", "votes", "physics", "trace", "timeline", "reach", "json"].map((id) =>
      html.indexOf(` id="${id}"`),
    );
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(places.every((place) => place > 0)).toBe(true);
  });

  test("its twin in quarantine is linked", async () => {
    expect(await admin.page(`/events/${event.id}`)).toMatch(/href="\/quarantine\/\d+"/);
  });

  test("no text of a rig or a driller runs, in the page or in its island", async () => {
    const html = await admin.page(`/events/${event.id}`);
    expect(html).not.toContain("<script>alert");
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;script&gt;alert(1)");
    const island = /id="track-data">([^<]*)<\/script>/.exec(html);
    expect(JSON.parse(island?.[1] ?? "")).toMatchObject({ tracks: [{ name: "flow" }, {}, {}, {}, {}] });
  });

  test("the way back leads to a page of this hub only", async () => {
    const from = (path: string): Promise<string> =>
      admin.page(`/events/${event.id}?${new URLSearchParams({ from: path })}`);
    expect(await from("/events?risk=High")).toContain(`<a href="/events?risk=High">Back to the list</a>`);
    expect(await from("//evil.test")).toContain(`<a href="/">Back to the list</a>`);
    expect(await admin.page(`/events/${event.id}`)).not.toContain("Back to the list");
  });

  test("the same page again is answered without a body, and with one after news", async () => {
    const path = `/events/${event.id}`;
    const whole = await admin.page(path);
    const shown = /data-shown="([^"]+)"/.exec(whole)?.[1] ?? "";
    expect((await admin.get(path, { "hx-request": "true", "x-shown": shown })).status).toBe(204);
    expect((await admin.get(path, { "hx-request": "true", "x-shown": "another" })).status).toBe(200);
  });

  test.each(["by=depht", "scale=log", "tracks=flow,sppp", "reach=none", "done=that", "zone=mars"])(
    "%s is refused with what there is",
    async (query) => {
      const reply = await admin.get(`/events/${event.id}?${query}`);
      expect(reply.status).toBe(400);
      expect(await reply.text()).toMatch(/did you mean|use one of/);
    },
  );

  test("an event that is not there is a page that names its neighbours", async () => {
    const reply = await admin.get(`/events/RIG-7-${TIMESTAMP + 5}`);
    expect(reply.status).toBe(404);
    expect(await reply.text()).toContain(`near it are ${event.id}`);
    expect((await admin.get("/events/%3Cscript%3E")).status).toBe(404);
  });
});

describe("its files", () => {
  test("the JSON is what is stored, as an attachment that no browser shows", async () => {
    const reply = await viewer.get(`/events/${event.id}/event.json`);
    expect(reply.headers.get("content-disposition")).toBe(`attachment; filename="${event.id}.json"`);
    expect(reply.headers.get("content-security-policy")).toBe("default-src 'none'");
    const stored = (await reply.json()) as FleetEvent;
    const asUploaded = JSON.parse(new TextDecoder().decode(encodeEvent(event))) as FleetEvent;
    expect(stored.history_window).toEqual(asUploaded.history_window);
    expect(stored.outcome).toEqual({ Resolved: { action_taken: "Shut the well in" } });
  });

  test("the snapshots are a sheet with a row for each", async () => {
    const reply = await viewer.get(`/events/${event.id}/snapshots.csv`);
    expect(reply.headers.get("content-type")).toStartWith("text/csv");
    const rows = (await reply.text()).trimEnd().split("\r\n");
    expect(rows).toHaveLength(62);
    expect(rows[0]).toStartWith("time_utc,time_shown,depth_ft,rop_ft_h,");
    expect(rows[60]).toStartWith("2026-11-09T01:27:38.000Z,2026-11-09 01:27:38 UTC,9898,");
    expect(rows[61]).toContain(`event ${event.id}`);
  });

  test.each(["event.json", "snapshots.csv"])("%s of an event that is not there is not there", async (file) => {
    expect((await admin.get(`/events/RIG-7-1/${file}`)).status).toBe(404);
    expect((await hub.send("GET", `/events/${event.id}/${file}`)).status).toBe(303);
  });
});

describe("curation again", () => {
  async function waits(): Promise<boolean> {
    const [row] = await hub.context.sql`select needs_curation from events where id = ${event.id}`;
    return row?.["needs_curation"] === true;
  }

  test("a viewer is told why not, on the page and by the server", async () => {
    await hub.context.sql`update events set needs_curation = false where id = ${event.id}`;
    expect(await viewer.page(`/events/${event.id}`)).toContain("A viewer cannot do this");
    expect((await viewer.press(`/events/${event.id}/curate`)).status).toBe(403);
    expect(await waits()).toBe(false);
  });

  test("an admin's press marks the event, comes back and says so", async () => {
    const reply = await admin.press(`/events/${event.id}/curate`);
    expect(reply.status).toBe(303);
    const back = reply.headers.get("location") ?? "";
    expect(back).toBe(`/events/${event.id}?done=recurate`);
    expect(await waits()).toBe(true);
    expect(await admin.page(back)).toContain("The next curation looks at this event again");
  });

  test("an event that is not there cannot be curated", async () => {
    expect((await admin.press("/events/RIG-7-1/curate")).status).toBe(404);
  });
});
