import { expect, test } from "bun:test";
import { makeViewerKey } from "../../src/domain/admin.ts";
import {
  closeSession,
  endOtherSessions,
  endSession,
  listSessions,
  openSession,
  readSession,
  SESSION_IDLE_MS,
  SESSION_MAX_MS,
  SESSIONS_MAX,
} from "../../src/domain/sessions.ts";
import { testContext } from "../support/context.ts";
import { ADMIN, domainHub } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const OWN_KEY = "an-admin-key-of-the-settings";
const VIEWER_KEY = "a-viewer-key-of-the-settings";

forEachEngine("a session", (engine) => {
  const hub = domainHub(engine, { settings: { admin_key: OWN_KEY } });

  function open() {
    return openSession(hub.context, OWN_KEY, "10.0.0.7");
  }

  test("opens with the key alone, and is audited", async () => {
    expect(await rejection(openSession(hub.context, "a-wrong-key", "10.0.0.7"))).toMatchObject({
      code: "unauthorised",
    });
    const { token, formToken } = await open();
    expect(await readSession(hub.context, token)).toMatchObject({ role: "admin", formToken, address: "10.0.0.7" });
    expect(token).not.toBe(formToken);
    expect(JSON.stringify(await hub.sql`select * from admin_sessions`)).not.toContain(token);
    expect(JSON.stringify(await hub.sql`select * from admin_audit`)).not.toContain("a-wrong-key");
    const entries = await hub.sql`select actor, address, action from admin_audit order by id desc limit 2`;
    expect([...entries]).toEqual([
      { actor: "admin", address: "10.0.0.7", action: "session.open" },
      { actor: "anonymous", address: "10.0.0.7", action: "session.refused" },
    ]);
  });

  test("is unknown by any other token", async () => {
    const { token } = await open();
    for (const wrong of [undefined, "", `${token}x`, "x".repeat(10_000)]) {
      expect(await readSession(hub.context, wrong)).toBeUndefined();
    }
  });

  test("ends after 30 idle minutes, and use keeps it", async () => {
    const { token } = await open();
    for (let at = 0; at < 4; at++) {
      hub.context.clock.advance(SESSION_IDLE_MS - 1);
      expect(await readSession(hub.context, token)).toBeDefined();
    }
    hub.context.clock.advance(SESSION_IDLE_MS);
    expect(await readSession(hub.context, token)).toBeUndefined();
  });

  test("ends after 12 hours however much it is used", async () => {
    const { token, expiresAt } = await open();
    const step = SESSION_IDLE_MS / 2;
    for (let passed = step; passed < SESSION_MAX_MS; passed += step) {
      hub.context.clock.advance(step);
      expect(await readSession(hub.context, token)).toBeDefined();
    }
    hub.context.clock.advance(step);
    expect(hub.context.clock.now()).toBe(expiresAt.getTime());
    expect(await readSession(hub.context, token)).toBeUndefined();
  });

  test("ends when it is closed, and when the admin's key is another one", async () => {
    const [closed, open_] = [await open(), await open()];
    await closeSession(hub.context, closed.token, { address: "10.0.0.7" });
    expect(await readSession(hub.context, closed.token)).toBeUndefined();
    const changed = { ...hub.context, settings: { ...hub.context.settings, admin_key: `${OWN_KEY}-2` } };
    expect(await readSession(changed, open_.token)).toBeUndefined();
    expect(await readSession(hub.context, open_.token)).toBeDefined();
  });

  test("is one of a bounded number: the least recently used ends", async () => {
    const oldest = await open();
    for (let at = 0; at < SESSIONS_MAX; at++) {
      hub.context.clock.advance(1);
      await open();
    }
    expect(await readSession(hub.context, oldest.token)).toBeUndefined();
    const [found] = await hub.sql`select count(*) as open from admin_sessions`;
    expect(found).toEqual({ open: SESSIONS_MAX });
    const [last] = await listSessions(hub.context);
    await makeViewerKey(hub.context, ADMIN).then(({ viewer_key }) => openSession(hub.context, viewer_key, "10.0.0.8"));
    expect(await listSessions(hub.context)).toHaveLength(SESSIONS_MAX + 1);
    expect((await listSessions(hub.context)).some(({ id }) => id === last?.id)).toBe(true);
  });
});

forEachEngine("sessions of two roles", (engine) => {
  const hub = domainHub(engine, { settings: { admin_key: OWN_KEY, viewer_key: VIEWER_KEY } });
  const open = (key: string) => openSession(hub.context, key, "10.0.0.7");
  const read = ({ token }: { readonly token: string }) => readSession(hub.context, token);

  test("have the role of the key that opened them", async () => {
    expect(await read(await open(OWN_KEY))).toMatchObject({ role: "admin" });
    expect(await read(await open(VIEWER_KEY))).toMatchObject({ role: "viewer" });
  });

  test("end each with its own key", async () => {
    const [admin, viewer] = [await open(OWN_KEY), await open(VIEWER_KEY)];
    const changed = { ...hub.context, settings: { ...hub.context.settings, viewer_key: `${VIEWER_KEY}-2` } };
    expect(await readSession(changed, admin.token)).toBeDefined();
    expect(await readSession(changed, viewer.token)).toBeUndefined();
    expect((await listSessions(changed)).map(({ role }) => role)).not.toContain("viewer");
    const swapped = { ...hub.context.settings, admin_key: VIEWER_KEY, viewer_key: OWN_KEY };
    for (const { token } of [admin, viewer]) {
      expect(await readSession({ ...hub.context, settings: swapped }, token)).toBeUndefined();
    }
  });

  test("are listed with whence and since when, the last used first, and never their tokens", async () => {
    hub.context.clock.advance(60_000);
    const viewer = await open(VIEWER_KEY);
    const sessions = await listSessions(hub.context);
    const at = new Date(hub.context.clock.now()).toISOString();
    expect(sessions[0]).toEqual({
      id: viewer.id,
      role: "viewer",
      address: "10.0.0.7",
      created_at: at,
      last_used_at: at,
      expires_at: viewer.expiresAt.toISOString(),
    });
    expect(JSON.stringify(sessions)).not.toContain(viewer.token);
    expect(JSON.stringify(sessions)).not.toContain(viewer.formToken);
    hub.context.clock.advance(SESSION_IDLE_MS);
    expect(await listSessions(hub.context)).toEqual([]);
  });

  test("are ended one by one, and all others at once", async () => {
    const [mine, lost, other] = [await open(OWN_KEY), await open(VIEWER_KEY), await open(OWN_KEY)];
    await endSession(hub.context, lost.id, { ...ADMIN, sessionId: mine.id });
    expect(await read(lost)).toBeUndefined();
    expect(await rejection(endSession(hub.context, lost.id, ADMIN))).toMatchObject({ code: "not_found" });
    const [entry] = await hub.sql`select action, target, before, detail from admin_audit order by id desc limit 1`;
    expect(entry).toMatchObject({
      action: "session.end",
      target: `session ${lost.id}`,
      before: { role: "viewer", address: "10.0.0.7" },
      detail: { session: mine.id },
    });
    expect(await endOtherSessions(hub.context, mine.id, ADMIN)).toBeGreaterThanOrEqual(1);
    expect(await read(other)).toBeUndefined();
    expect(await read(mine)).toBeDefined();
  });

  test("of viewers end when their key is made anew", async () => {
    const made = testContext(hub.sql, { clock: hub.context.clock, settings: { admin_key: OWN_KEY } });
    const { viewer_key } = await makeViewerKey(made, ADMIN);
    const { token } = await openSession(made, viewer_key, "10.0.0.7");
    expect(await readSession(made, token)).toMatchObject({ role: "viewer" });
    await makeViewerKey(made, ADMIN);
    expect(await readSession(made, token)).toBeUndefined();
  });
});
