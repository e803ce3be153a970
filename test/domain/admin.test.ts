import { expect, test } from "bun:test";
import { ensureAdminKey, makeViewerKey, removeViewerKey, roleOfKey, viewerKeyState } from "../../src/domain/admin.ts";
import { checkSettings } from "../../src/domain/settings.ts";
import { testContext } from "../support/context.ts";
import { ADMIN, domainHub } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const OWN_KEY = "an-admin-key-of-the-settings";
const OWN_VIEWER_KEY = "a-viewer-key-of-the-settings";

forEachEngine("the admin's key", (engine) => {
  const hub = domainHub(engine);

  test("defect 27: is made at the first start, shown once, and kept as a hash only", async () => {
    expect(await roleOfKey(hub.context, "admin")).toBeUndefined();
    const shown = await Promise.all([ensureAdminKey(hub.context), ensureAdminKey(hub.context)]);
    const keys = shown.flatMap(({ shownOnce }) => shownOnce ?? []);
    expect(keys).toHaveLength(1);
    const key = keys[0] ?? "";
    expect(key).toMatch(/^sk-admin-[A-Za-z0-9_-]{43}$/);
    expect(await ensureAdminKey(hub.context)).toEqual({});
    expect(await roleOfKey(hub.context, key)).toBe("admin");
    expect(JSON.stringify(await hub.sql`select * from hub_secrets`)).not.toContain(key);
    for (const wrong of [undefined, "", `${key}x`, "x".repeat(10_000)]) {
      expect(await roleOfKey(hub.context, wrong)).toBeUndefined();
    }
    const entries = await hub.sql`select actor, action from admin_audit`;
    expect([...entries]).toEqual([{ actor: "hub", action: "admin_key.make" }]);
  });

  test("of the settings wins, and nothing is made or shown", async () => {
    const own = testContext(hub.sql, { settings: { admin_key: OWN_KEY } });
    expect(await ensureAdminKey(own)).toEqual({});
    expect(await roleOfKey(own, OWN_KEY)).toBe("admin");
    expect(await roleOfKey(hub.context, OWN_KEY)).toBeUndefined();
  });
});

forEachEngine("the viewers' key", (engine) => {
  const hub = domainHub(engine, { settings: { admin_key: OWN_KEY } });

  test("is made by an admin, shown once, kept as a hash, replaced and removed", async () => {
    expect(await viewerKeyState(hub.context)).toEqual({ source: "none", made_at: null });
    expect(await rejection(removeViewerKey(hub.context, ADMIN))).toMatchObject({ code: "not_found" });
    const { viewer_key: first } = await makeViewerKey(hub.context, ADMIN);
    expect(first).toMatch(/^sk-viewer-[A-Za-z0-9_-]{43}$/);
    expect(await roleOfKey(hub.context, first)).toBe("viewer");
    const made_at = new Date(hub.context.clock.now()).toISOString();
    expect(await viewerKeyState(hub.context)).toEqual({ source: "made", made_at });
    const { viewer_key: second } = await makeViewerKey(hub.context, ADMIN);
    expect(await roleOfKey(hub.context, first)).toBeUndefined();
    expect(await roleOfKey(hub.context, second)).toBe("viewer");
    await removeViewerKey(hub.context, ADMIN);
    expect(await roleOfKey(hub.context, second)).toBeUndefined();
    const stored = JSON.stringify([await hub.sql`select * from hub_secrets`, await hub.sql`select * from admin_audit`]);
    for (const key of [first, second]) expect(stored).not.toContain(key);
  });

  test("leaves what it was before and is after in the audit", async () => {
    await makeViewerKey(hub.context, ADMIN);
    await removeViewerKey(hub.context, ADMIN);
    const made_at = new Date(hub.context.clock.now()).toISOString();
    const entries = await hub.sql`select action, before, after from admin_audit order by id desc limit 2`;
    expect([...entries]).toEqual([
      { action: "viewer_key.remove", before: { made_at }, after: { made_at: null } },
      { action: "viewer_key.make", before: { made_at: null }, after: { made_at } },
    ]);
  });

  test("of the settings takes the place of the one made here, which nobody can then change", async () => {
    const { viewer_key } = await makeViewerKey(hub.context, ADMIN);
    const own = testContext(hub.sql, { settings: { admin_key: OWN_KEY, viewer_key: OWN_VIEWER_KEY } });
    expect(await roleOfKey(own, OWN_VIEWER_KEY)).toBe("viewer");
    expect(await roleOfKey(own, viewer_key)).toBeUndefined();
    expect(await viewerKeyState(own)).toEqual({ source: "settings", made_at: null });
    expect(await rejection(makeViewerKey(own, ADMIN))).toMatchObject({ code: "conflict" });
    expect(await rejection(removeViewerKey(own, ADMIN))).toMatchObject({ code: "conflict" });
  });

  test("is never the admin's", () => {
    const same = testContext(hub.sql, { settings: { admin_key: OWN_KEY, viewer_key: OWN_KEY } }).settings;
    expect(() => checkSettings(same)).toThrow("FLEET_VIEWER_KEY is the admin's key");
    expect(() => checkSettings({ ...same, viewer_key: OWN_VIEWER_KEY })).not.toThrow();
    expect(() => checkSettings({ ...same, admin_key: undefined, viewer_key: undefined })).not.toThrow();
  });
});
