import type { SystemPage } from "../../../views/system/model.ts";
import { System } from "../../../views/system/system.tsx";
import { backups, databaseState, limitsInForce, versions } from "../../domain/dashboard/system.ts";
import { tunnelStatus } from "../../domain/tunnel/status.ts";
import { licences } from "../licences.ts";
import { panel, type PageSet, type PageVisit } from "../page.ts";

export const systemPages: PageSet = {
  pages: [
    {
      path: "/system",
      async read(visit) {
        const page = await systemPage(visit);
        return { title: "System", data: page, content: (frame) => System({ frame, page }) };
      },
    },
  ],
};

async function systemPage(visit: PageVisit): Promise<SystemPage> {
  const { context, hub, faults } = visit;
  const [known, database, made, tunnel] = await Promise.all([
    panel(visit, "versions", versions(context)),
    panel(visit, "database", databaseState(context)),
    panel(visit, "backups", backups(context)),
    panel(visit, "tunnel", tunnelStatus(context)),
  ]);
  return {
    versions: "value" in known ? { value: { hub: hub.version, ...known.value } } : known,
    database,
    backups: made,
    tunnel,
    faults: faults.recent(),
    limits: limitsInForce(context),
    licences: licences(),
  };
}
