import { describe, expect, test } from "bun:test";
import {
  audit,
  checkAdminKey,
  closeSession,
  ensureAdminKey,
  openSession,
  readSession,
  SESSION_IDLE_MS,
  SESSION_MAX_MS,
  SESSIONS_MAX,
} from "../../src/domain/admin.ts";
import { ADMIN, domainHub } from "../support/domain-hub.ts";
import { testContext } from "../support/context.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const OWN_KEY = "an-admin-key-of-the-settings";

forEachEngine("the admin's key", (engine) => {
  const hub = domainHub(engine);

  test("defect 27: is made at the first start, shown once, and kept as a hash only", async () => {
    expect(await checkAdminKey(hub.context, "admin")).toBe(false);
    const shown = await Promise.all([ensureAdminKey(hub.context), ensureAdminKey(hub.context)]);
    const keys = shown.flatMap(({ shownOnce }) => shownOnce ?? []);
    expect(keys).toHaveLength(1);
    const key = keys[0] ?? "";
    expect(key).toMatch(/^sk-admin-[A-Za-z0-9_-]{43}$/);
    expect(await ensureAdminKey(hub.context)).toEqual({});
    expect(await checkAdminKey(hub.context, key)).toBe(true);
    expect(JSON.stringify(await hub.sql`select * from hub_secrets`)).not.toContain(key);
    for (const wrong of [undefined, "", `${key}x`, "x".repeat(10_000)]) {
      expect(await checkAdminKey(hub.context, wrong)).toBe(false);
    }
  });

  test("of the settings wins, and nothing is made or shown", async () => {
    const own = testContext(hub.sql, { settings: { admin_key: OWN_KEY } });
    expect(await ensureAdminKey(own)).toEqual({});
    expect(await checkAdminKey(own, OWN_KEY)).toBe(true);
    expect(await checkAdminKey(hub.context, OWN_KEY)).toBe(false);
  });
});

forEachEngine("an admin's session", (engine) => {
  const hub = domainHub(engine, { settings: { admin_key: OWN_KEY } });

  function open() {
    return openSession(hub.context, OWN_KEY, "10.0.0.7");
  }

  test("opens with the key alone, and is audited", async () => {
    expect(await rejection(openSession(hub.context, "wrong", "10.0.0.7"))).toMatchObject({ code: "unauthorised" });
    const { token, formToken } = await open();
    expect(await readSession(hub.context, token)).toEqual({ formToken });
    expect(token).not.toBe(formToken);
    expect(JSON.stringify(await hub.sql`select * from admin_sessions`)).not.toContain(token);
    const [entry] = await hub.sql`select actor, address, action from admin_audit order by id desc limit 1`;
    expect(entry).toEqual({ actor: "admin", address: "10.0.0.7", action: "session.open" });
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
    await closeSession(hub.context, closed.token);
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
  });
});

forEachEngine("the audit", (engine) => {
  const hub = domainHub(engine);

  describe("an entry", () => {
    test("says who did what to what, when and from where", async () => {
      await audit(hub.context, { ...ADMIN, requestId: "r-1" }, "library.reset", "epoch", { before: 3 });
      const [entry] = await hub.sql`select * from admin_audit order by id desc limit 1`;
      expect(entry).toMatchObject({
        at: new Date(hub.context.clock.now()),
        actor: "admin",
        address: "127.0.0.1",
        request_id: "r-1",
        action: "library.reset",
        target: "epoch",
        detail: { before: 3 },
      });
    });

    test("stays as it is", async () => {
      await audit(hub.context, ADMIN, "x", null);
      expect(await rejection(hub.sql`update admin_audit set actor = 'nobody'`.execute())).toHaveProperty(
        "message",
        "admin_audit is append-only",
      );
      expect(await rejection(hub.sql`delete from admin_audit`.execute())).toHaveProperty(
        "message",
        "admin_audit is append-only",
      );
    });
  });
});
