import { beforeAll, describe, expect, test } from "bun:test";
import { useCode } from "../../src/domain/enrolment-use.ts";
import { authenticateRig, registerRig } from "../../src/domain/rigs.ts";
import { ADMIN, enrolRig } from "../support/domain-hub.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { signIn, type Visitor } from "../support/signed-in.ts";

const VIEWER_KEY = "the-viewer-key-of-the-tests";
const HOSTILE = `<script>alert(1)</script>'"&`;
const RIG = { well_id: "WOLFCAMP 24H", field: "Permian Basin", time_zone: "America/Chicago" };

const hub = testHub("embedded", { settings: { viewer_key: VIEWER_KEY } });
let admin: Visitor;
let viewer: Visitor;
beforeAll(async () => {
  admin = await signIn(hub, ADMIN_KEY);
  viewer = await signIn(hub, VIEWER_KEY);
});

describe("enrolling a rig", () => {
  async function code(
    fields: Record<string, string>,
  ): Promise<{ reply: Response; html: string; code: string; id: number }> {
    const reply = await admin.press("/admin/enrolments", { ...RIG, ...fields });
    const html = await reply.text();
    return {
      reply,
      html,
      code: /<p class="code"><code>([^<]+)<\/code>/.exec(html)?.[1] ?? "",
      id: Number(/hx-get="\/admin\/enrolments\/(\d+)"/.exec(html)?.[1]),
    };
  }

  test("shows the code with its command in the reply itself, stored by nobody", async () => {
    const { reply, html, code: given } = await code({ rig_id: "RIG-1", hub_url: "http://10.88.0.1:8080/" });
    expect(reply.status).toBe(200);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(given).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(html).toContain(`fleet-spoke enroll --hub http://10.88.0.1:8080 ${given}`);
    expect(html).toContain("hub_url = &quot;http://10.88.0.1:8080&quot;");
    expect(html).toContain('class="qr-ink"');
    expect(html).toContain("waiting for the rig");
    expect(await admin.page("/admin")).not.toContain(given);
  });

  test("turns to connected by itself", async () => {
    const { id, code: given } = await code({ rig_id: "RIG-2" });
    const progress = async (): Promise<string> =>
      (await admin.get(`/admin/enrolments/${id}`, { "hx-request": "true" })).text();
    expect(await progress()).toContain("waiting for the rig");
    const { api_key } = await useCode(hub.context, { code: given }, { address: "10.88.0.7", requestId: "r" });
    expect(await progress()).toContain("code used, not heard of yet");
    await authenticateRig(hub.context, api_key);
    expect(await progress()).toContain("connected");
    hub.context.clock.advance(38_000);
    const at = new Date(hub.context.clock.now());
    await hub.context.sql`
      insert into sync_log (rig_id, synced_at, episodes_sent, library_version) values ('RIG-2', ${at}, 3, 7)`;
    const synced = await progress();
    expect(synced).toContain("connected, first sync after 38 s");
    expect(synced).not.toContain("<html");
    expect(await admin.page(`/admin/enrolments/${id}`)).not.toContain(given);
    const unchanged = await admin.get(`/admin/enrolments/${id}`, {
      "hx-request": "true",
      "x-shown": shownBy(await admin.get(`/admin/enrolments/${id}`, { "hx-request": "true" })),
    });
    expect(unchanged.status).toBe(204);
  });

  test("gives the settings as a file without a secret", async () => {
    const { id } = await code({ rig_id: "RIG-3" });
    const file = await admin.get(`/admin/enrolments/${id}/fleet.toml?hub=http%3A%2F%2F10.88.0.1%3A8080`);
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="fleet.toml"');
    expect(await file.text()).toBe('[fleet]\nhub_url = "http://10.88.0.1:8080"\nrig_id = "RIG-3"\n');
    expect((await admin.get(`/admin/enrolments/${id}/fleet.toml?hub=javascript:1`)).status).toBe(422);
    expect((await admin.get("/admin/enrolments/999999")).status).toBe(404);
  });

  test("refuses beside the form, with all that was typed", async () => {
    const { api_key } = await registerRig(hub.context, { rig_id: "RIG-4", ...RIG }, ADMIN);
    await authenticateRig(hub.context, api_key);
    const refusals: readonly (readonly [Record<string, string>, number, string])[] = [
      [{ rig_id: "RIG-4" }, 409, "rig RIG-4 is enrolled: rotate its key, or revoke it first"],
      [{ rig_id: "RIG-5", time_zone: "Moon/Base" }, 422, "/time_zone &quot;Moon/Base&quot; is not known"],
      [{ rig_id: HOSTILE }, 422, "is not a rig&#x27;s name"],
      [{ rig_id: "RIG-5", hub_url: "http://x y" }, 422, "is no address of a hub"],
    ];
    for (const [fields, status, said] of refusals) {
      const { reply, html } = await code(fields);
      expect([reply.status, html]).toEqual([status, expect.stringContaining(said)]);
      expect(html).toContain('value="WOLFCAMP 24H"');
      expect(html).not.toContain("<script>alert");
    }
  });

  test("can be withdrawn, and is then told as such", async () => {
    const { id } = await code({ rig_id: "RIG-6" });
    const reply = await admin.press(`/admin/enrolments/${id}/cancel`);
    expect(reply.headers.get("location")).toBe("/admin?done=code_withdrawn");
    expect(await admin.page("/admin?done=code_withdrawn")).toContain("The code opens nothing any more.");
    expect(await admin.page(`/admin/enrolments/${id}`)).toContain("withdrawn");
  });
});

describe("keys of a rig", () => {
  test("rotating shows the new key once; the page says which is used, and ends the old one", async () => {
    const rig = await enrolRig(hub.context, "RIG-20");
    const reply = await admin.press("/admin/rigs/RIG-20/rotate");
    const html = await reply.text();
    const key = /sk-fleet-[\w-]{43}/.exec(html)?.[0] ?? "";
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(await authenticateRig(hub.context, key)).toMatchObject({ rigId: "RIG-20" });
    const page = await admin.page("/admin/rigs/RIG-20");
    expect(page).not.toContain(key);
    expect(page).toContain("End the old key");
    const at = new Date(hub.context.clock.now());
    await hub.context.sql`update rigs set key_used_at = null, previous_key_used_at = ${at} where rig_id = 'RIG-20'`;
    expect((await admin.press("/admin/rigs/RIG-20/end-old-key")).status).toBe(400);
    await hub.context.sql`update rigs set key_used_at = ${at}, previous_key_used_at = null where rig_id = 'RIG-20'`;
    expect(await admin.page("/admin/rigs/RIG-20")).toContain("The rig used the new key last");
    const ended = await admin.press("/admin/rigs/RIG-20/end-old-key");
    expect(ended.headers.get("location")).toBe("/admin/rigs/RIG-20?done=old_key_ended");
    expect(authenticateRig(hub.context, rig.key)).rejects.toMatchObject({ code: "unauthorised" });
  });

  test("revoking takes the rig's name, typed, and a reason", async () => {
    const rig = await enrolRig(hub.context, "RIG-21");
    const wrong = await admin.press("/admin/rigs/RIG-21/revoke", { reason: "stolen", confirm: "RIG-2" });
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining("is not this rig&#x27;s")]);
    expect((await admin.press("/admin/rigs/RIG-21/revoke", { confirm: "RIG-21" })).status).toBe(422);
    await authenticateRig(hub.context, rig.key);
    const done = await admin.press("/admin/rigs/RIG-21/revoke", { reason: HOSTILE, confirm: "RIG-21" });
    expect(done.status).toBe(303);
    expect((await hub.send("GET", "/api/fleet/library", { key: rig.key })).status).toBe(403);
    const page = await admin.page("/admin/rigs/RIG-21?done=revoked");
    expect(page).toContain("The rig is revoked");
    expect(page).toContain("&lt;script&gt;alert(1)");
    expect(page).toContain('href="/admin?rig_id=RIG-21&amp;well_id=WOLFCAMP-23H&amp;field=Permian+Basin"');
    expect((await admin.get("/admin/rigs/NOBODY")).status).toBe(404);
  });
});

describe("the viewers' key", () => {
  const own = testHub("embedded");

  test("is made, replaced and removed, each shown once or confirmed", async () => {
    const person = await signIn(own, ADMIN_KEY);
    const made = await (await person.press("/admin/viewer-key")).text();
    const key = /sk-viewer-[\w-]{43}/.exec(made)?.[0] ?? "";
    const guest = await signIn(own, key);
    expect((await guest.get("/rigs")).status).toBe(200);
    expect(await person.page("/admin")).not.toContain(key);
    expect((await person.press("/admin/viewer-key")).status).toBe(400);
    expect((await person.press("/admin/viewer-key", { agreed: "yes" })).status).toBe(200);
    expect((await guest.get("/rigs")).status).toBe(303);
    const removed = await person.press("/admin/viewer-key/remove", { agreed: "yes" });
    expect(removed.headers.get("location")).toBe("/admin?done=viewer_key_removed");
    expect(await person.page("/admin")).toContain("There is none.");
  });

  test("of the settings is changed there", async () => {
    expect(await admin.page("/admin")).toContain("FLEET_VIEWER_KEY");
    expect((await admin.press("/admin/viewer-key")).status).toBe(409);
  });
});

describe("sessions", () => {
  test("are listed and ended, one or all others", async () => {
    const [lost, other] = [await signIn(hub, ADMIN_KEY), await signIn(hub, VIEWER_KEY)];
    const list = await admin.page("/admin/sessions");
    expect(list).toContain("this one");
    const ids = [...list.matchAll(/<tr id="session-(\d+)"/g)].map(([, id]) => Number(id)).toSorted((a, b) => b - a);
    const [viewerId, lostId] = ids;
    expect((await admin.press(`/admin/sessions/${lostId}/end`)).headers.get("location")).toBe(
      "/admin/sessions?done=ended",
    );
    expect((await lost.get("/rigs")).status).toBe(303);
    expect((await other.get("/rigs")).status).toBe(200);
    expect((await admin.press(`/admin/sessions/${lostId}/end`)).status).toBe(404);
    expect((await admin.press("/admin/sessions/x/end")).status).toBe(404);
    expect((await admin.press("/admin/sessions/end-others")).status).toBe(400);
    expect((await admin.press("/admin/sessions/end-others", { agreed: "yes" })).status).toBe(303);
    expect(viewerId).toBeGreaterThan(0);
    expect((await other.get("/rigs")).status).toBe(303);
    expect((await admin.get("/rigs")).status).toBe(200);
    viewer = await signIn(hub, VIEWER_KEY);
  });
});

describe("a viewer", () => {
  test("sees the controls disabled with the reason, and neither sessions nor codes", async () => {
    const home = await viewer.page("/admin");
    expect(home).toContain("A viewer cannot do this");
    expect(home).toContain("<fieldset disabled>");
    expect(home).not.toContain("/admin/sessions");
    expect((await viewer.get("/admin/sessions")).status).toBe(403);
    expect((await viewer.get("/admin/enrolments/1")).status).toBe(403);
    expect((await viewer.get("/admin/audit")).status).toBe(200);
  });
});

describe("the audit", () => {
  test("tells people what changed, filtered by the address, and links what it is about", async () => {
    const page = await admin.page("/admin/audit?action=rig.revoke&target=RIG-21");
    expect(page.match(/<tr id="entry-/g)).toHaveLength(1);
    expect(page).toContain("status: active → revoked");
    expect(page).toContain("reason: — → &lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).toContain('href="/rigs/RIG-21"');
    expect(page).toContain("1 entry");
    expect(await admin.page("/admin/audit?actor=nobody")).toContain("No entry matches actor nobody.");
    expect((await admin.get("/admin/audit?action=rig.revok")).status).toBe(400);
    expect((await admin.get("/admin/audit?from=2026-13-01")).status).toBe(400);
  });

  test("pages without a repeat, and shows failed logins with their address and no key", async () => {
    await hub.send("POST", "/login", { body: new URLSearchParams({ key: "a-guessed-key-123" }) });
    const refused = await admin.page("/admin/audit?action=session.refused");
    expect(refused).toContain("was refused: wrong key");
    expect(refused).not.toContain("a-guessed-key-123");
    const seen: string[] = [];
    for (let path: string | undefined = "/admin/audit?size=25"; path !== undefined;) {
      const html = await admin.page(path);
      seen.push(...[...html.matchAll(/<tr id="entry-(\d+)"/g)].map(([, id]) => id ?? ""));
      path = /<a href="([^"]+)" rel="next">/.exec(html)?.[1]?.replaceAll("&amp;", "&");
    }
    const [all] = await hub.context.sql<{ entries: number }[]>`select count(*) as entries from admin_audit`;
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(all?.entries ?? 0);
  });
});

describe("the audit's file", () => {
  test("has exactly what the page is filtered to, in UTC, and says so", async () => {
    const reply = await admin.get("/admin/audit.csv?action=rig.revoke&target=RIG-21");
    expect(reply.headers.get("content-type")).toContain("text/csv");
    const [head, entry, closing, ...rest] = (await reply.text()).trimEnd().split("\r\n");
    expect(head).toBe("at_utc,actor,address,action,target,before,after,detail,request_id,entry");
    expect(entry).toContain(',admin,local,rig.revoke,RIG-21,"{""status"":""active""}","{""reason"":""<script>alert(1)');
    expect(closing).toStartWith("end of file: 1 rows | filter: action rig.revoke; target RIG-21 | times: UTC");
    expect(rest).toEqual([]);
    const [all] = await hub.context.sql<{ entries: number }[]>`select count(*) as entries from admin_audit`;
    const whole = (await (await viewer.get("/admin/audit.csv")).text()).trimEnd().split("\r\n");
    expect(whole).toHaveLength((all?.entries ?? 0) + 2);
    expect((await hub.send("GET", "/admin/audit.csv")).status).toBe(303);
  });
});

describe("the sign-in form", () => {
  const own = testHub("embedded");

  test("says itself that one is locked out, and until when", async () => {
    const post = () => own.send("POST", "/login", { body: new URLSearchParams({ key: "wrong", next: "/rigs" }) });
    for (let times = 0; times < 10; times++) expect((await post()).status).toBe(401);
    const reply = await post();
    expect(reply.status).toBe(429);
    expect(reply.headers.get("retry-after")).toBe("900");
    const html = await reply.text();
    expect(html).toContain("Sign-in failed: too many tries to sign in; wait 15 minutes.");
    expect(html).toContain('name="next" value="/rigs"');
    const [entries] = await own.context
      .sql`select count(*) as refused from admin_audit where action = 'session.refused'`;
    expect(entries).toEqual({ refused: 10 });
  });
});

function shownBy(reply: Response): string {
  return reply.headers.get("x-shown") ?? "";
}
