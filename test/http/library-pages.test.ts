import { beforeAll, describe, expect, test } from "bun:test";
import { episodeId } from "../../src/wire/identity.ts";
import { anEventRow, storeRows } from "../support/event-rows.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { signIn, type Visitor } from "../support/signed-in.ts";

const VIEWER_KEY = "the-viewer-key-of-the-tests";
const HOSTILE = `=1+1<script>alert(1)</script>'"&`;
const T = 1_794_000_000;

const hub = testHub("embedded", { settings: { viewer_key: VIEWER_KEY } });
const event = (second: number): string => `RIG-1-${second}`;
const id = episodeId(event(T));
const path = `/episodes/${id}`;
let admin: Visitor;
let viewer: Visitor;

beforeAll(async () => {
  admin = await signIn(hub, ADMIN_KEY);
  viewer = await signIn(hub, VIEWER_KEY);
  await storeRows(hub.context.sql, [
    anEventRow({ second: T, risk_level: "Critical", outcome: "Resolved", action_taken: HOSTILE, notes: HOSTILE }),
    anEventRow({ second: T + 90, depth: 9_910.5 }),
    anEventRow({ second: T + 90_000, category: "Mechanical" }),
  ]);
  await hub.curator.run("schedule");
});

function textOf(html: string): string {
  return html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
}

describe("the library", () => {
  test("leads from a score to its reasons in one click, and back", async () => {
    const html = await admin.page("/library?category=WellControl");
    const href = /<th scope="row" class="number"><a href="([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(href).toBe(`${path}?from=${encodeURIComponent("/library?category=WellControl")}`);
    const episode = await admin.page(href);
    expect(episode).toContain('<a href="/library?category=WellControl">Back to the list</a>');
  });

  test("names what there is nothing of, and says what pruning would take", async () => {
    const text = textOf(await admin.page("/library"));
    expect(text).toContain("Nothing yet of:");
    expect(text).toContain("Formation in PlugAbandonment");
    expect(text).toContain("If it ran now, nothing would be archived.");
  });

  test("says which filter matches nothing, with the way out", async () => {
    const html = await admin.page("/library?rig=RIG-9&outcome=Escalated");
    expect(textOf(html)).toContain("No episode has outcome Escalated and rig RIG-9.");
    expect(html).toContain('href="/library">Clear the filter</a>');
  });

  test.each([
    "category=Kick",
    "score_min=2",
    "sort=depth",
    "archived=1&sort=score",
    "after=x",
    "size=7",
    "rig=%3Cb%3E",
  ])("refuses %s and names the way out", async (query) => {
    expect((await admin.get(`/library?${query}`)).status).toBe(400);
    expect(
      (await admin.get(`/library.csv?${query.replace("after=x", "sort=x").replace("size=7", "sort=x")}`)).status,
    ).toBe(400);
  });

  test("gives as a file what is filtered, and no formula", async () => {
    const reply = await viewer.get("/library.csv?category=WellControl");
    const [head, row = "", last = ""] = (await reply.text()).split("\r\n");
    expect(head).toStartWith("episode_id,score,category");
    expect(row).toStartWith(`${id},`);
    expect(row).toContain(`"'=1+1<script>`);
    expect(last).toContain("1 rows | filter: category WellControl");
  });

  test("shows versions and what each changed, and which are on record for one that is not", async () => {
    expect(await admin.page("/library/versions")).toContain('<a href="/library/versions/1">1</a>');
    expect(textOf(await admin.page("/library/versions/1"))).toContain("Episodes sent 2");
    const missing = await admin.get("/library/versions/99");
    expect(missing.status).toBe(404);
    expect(textOf(await missing.text())).toMatch(/on record are 1 to \d/);
    expect((await admin.get("/library/versions/x")).status).toBe(404);
  });
});

describe("an episode", () => {
  test("shows a sum that adds up and each source event with its step", async () => {
    const html = await admin.page(path);
    const [sum = ""] = /<tbody>[\s\S]*?<\/tfoot>/.exec(html) ?? [];
    const last = [...sum.matchAll(/<tr>[\s\S]*?<\/tr>/g)].map(([row]) => {
      const cells = [...row.matchAll(/<td class="number">(-?[\d.]+)<\/td>/g)];
      return Math.round(Number(cells.at(-1)?.[1]) * 10_000);
    });
    const total = last.pop();
    expect(last).toHaveLength(4);
    expect(last.reduce((left, right) => left + right, 0)).toBe(total ?? 0);
    expect(textOf(html)).toContain("Same rig and category: +1 m 30 s, +12.5 ft from the one before");
    expect(textOf(html)).toContain("Names the episode: the first of them");
  });

  test("escapes what a driller wrote", async () => {
    const html = await admin.page(path);
    expect(html).not.toContain("<script>alert");
    expect(html).toContain("=1+1&lt;script&gt;");
  });

  test("that is not there is a 404", async () => {
    expect((await admin.get("/episodes/RIG-1-5-episode")).status).toBe(404);
    expect((await admin.get("/episodes/%3Cb%3E")).status).toBe(404);
  });

  test("is divided and joined by an admin, each with its word, and by nobody else", async () => {
    expect((await viewer.press(`${path}/apart`, { event: event(T + 90) })).status).toBe(403);
    const apart = await admin.press(`${path}/apart`, { event: event(T + 90) });
    expect(apart.headers.get("location")).toBe(`${path}?done=apart`);
    await hub.curator.run("request");
    expect(textOf(await admin.page(path))).toContain("Once merged, elsewhere now");
    const alone = await admin.page(`/episodes/${episodeId(event(T + 90))}`);
    expect(textOf(alone)).toContain("A person set it apart: it stays alone");
    expect(alone).toContain(`name="back" value="${id}"`);
    const again = await admin.press(`${path}/apart`, { event: event(T + 90) });
    expect(again.headers.get("location")).toBe(`${path}?done=nothing`);
    const joined = await admin.press(`${path}/join`, { event: event(T + 90), back: id });
    expect(joined.headers.get("location")).toBe(`${path}?done=join`);
    await hub.curator.run("request");
    const gone = await admin.get(`/episodes/${episodeId(event(T + 90))}`);
    expect(textOf(await gone.text())).toContain(`its event stands in ${id} now`);
  });

  test("of one event, or an unknown one, refuses to be divided", async () => {
    const alone = event(T + 90_000);
    expect((await admin.press(`/episodes/${episodeId(alone)}/apart`, { event: alone })).status).toBe(409);
    expect((await admin.press(`${path}/apart`, { event: "RIG-1-5" })).status).toBe(404);
    expect((await admin.press(`${path}/apart`, {})).status).toBe(404);
  });
});
