import { describe, expect, test } from "bun:test";
import { audit } from "../../src/domain/audit.ts";
import { ADMIN, domainHub } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

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
      expect(await rejection(hub.sql`delete from admin_audit`.execute())).toHaveProperty(
        "message",
        "admin_audit is append-only",
      );
    });
  });
});
