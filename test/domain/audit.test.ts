import { beforeAll, describe, expect, test } from "bun:test";
import { audit } from "../../src/domain/audit.ts";
import { auditPage, countAudit, type AuditQuery, type AuditItem } from "../../src/domain/dashboard/audit.ts";
import { listMark } from "../../src/domain/dashboard-mark.ts";
import { ADMIN, domainHub } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const DAY_MS = 86_400_000;

forEachEngine("the audit", (engine) => {
  const hub = domainHub(engine);

  describe("an entry", () => {
    test("says who did what to what, when and from where", async () => {
      await audit(hub.context, { ...ADMIN, requestId: "r-1" }, "curation.run", "run 3", {
        before: { version: 3 },
        after: { version: 4 },
        detail: { cause: "manual" },
      });
      const [entry] = await hub.sql`select * from admin_audit order by id desc limit 1`;
      expect(entry).toMatchObject({
        at: new Date(hub.context.clock.now()),
        actor: "admin",
        address: "127.0.0.1",
        request_id: "r-1",
        action: "curation.run",
        target: "run 3",
        before: { version: 3 },
        after: { version: 4 },
        detail: { cause: "manual" },
      });
    });

    test("stays as it is", async () => {
      await audit(hub.context, ADMIN, "curation.run", null);
      expect(await rejection(hub.sql`update admin_audit set actor = 'nobody'`.execute())).toHaveProperty(
        "message",
        "admin_audit is append-only",
      );
      for (const change of [hub.sql`delete from admin_audit`, hub.sql`truncate admin_audit`]) {
        expect(await rejection(change.execute())).toHaveProperty("message", "admin_audit is append-only");
      }
    });
  });

  describe("the list", () => {
    beforeAll(async () => {
      hub.context.clock.set("2027-05-01T00:00:00Z");
      for (const rig of ["RIG-1", "RIG-2"]) {
        for (let at = 0; at < 30; at++) {
          const actor = at % 3 === 0 ? { ...ADMIN, name: "cli" } : ADMIN;
          await audit(hub.context, actor, at % 2 === 0 ? "rig.revoke" : "rig.register", rig, { detail: { at } });
          if (at % 5 === 4) hub.context.clock.advance(DAY_MS);
        }
      }
    });
    const MAY: AuditQuery = { from: "2027-05-01", to: "2027-05-12" };

    async function all(query: AuditQuery, limit: number): Promise<AuditItem[]> {
      const rows: AuditItem[] = [];
      for (let after: string | null | undefined; after !== null;) {
        const page = await auditPage(hub.context, query, { limit, ...(after === undefined ? {} : { after }) });
        rows.push(...page.rows);
        after = page.next;
      }
      return rows;
    }

    test("pages without a gap or a repeat, newest first, also where many entries share an instant", async () => {
      const rows = await all(MAY, 7);
      expect(rows).toHaveLength(60);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(60);
      const order = rows.toSorted((a, b) => b.at.localeCompare(a.at) || b.id - a.id);
      expect(rows.map(({ id }) => id)).toEqual(order.map(({ id }) => id));
    });

    test("keeps what each filter asks for, and nothing else", async () => {
      const rows = await all(MAY, 100);
      const expected = (keep: (row: AuditItem) => boolean): number[] => rows.filter(keep).map(({ id }) => id);
      const found = async (query: AuditQuery): Promise<number[]> =>
        (await all({ ...MAY, ...query }, 100)).map(({ id }) => id);
      expect(await found({ action: "rig.revoke" })).toEqual(expected(({ action }) => action === "rig.revoke"));
      expect(await found({ actor: "cli" })).toEqual(expected(({ actor }) => actor === "cli"));
      expect(await found({ target: "RIG-2" })).toEqual(expected(({ target }) => target === "RIG-2"));
      expect(await found({ target: "RIG" })).toEqual([]);
      expect(await found({ action: "rig.revoke", actor: "cli", target: "RIG-1" })).toHaveLength(5);
      const oneDay = await found({ from: "2027-05-03", to: "2027-05-03" });
      expect(oneDay).toEqual(expected(({ at }) => at.startsWith("2027-05-03")));
      expect(oneDay).toHaveLength(5);
      expect(await countAudit(hub.context, { ...MAY, target: "RIG-1" })).toBe(30);
    });

    test("refuses a place that it never gave", async () => {
      for (const after of ["nonsense", listMark(1e300, "1"), listMark(0, "x")]) {
        const asked = auditPage(hub.context, {}, { limit: 5, after });
        expect(await rejection(asked)).toMatchObject({ code: "invalid_request" });
      }
    });
  });
});
