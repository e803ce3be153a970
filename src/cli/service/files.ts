import common from "../../../deploy/install-common.sh" with { type: "text" };
import install from "../../../deploy/install-hub.sh" with { type: "text" };
import hubParts from "../../../deploy/install-hub-parts.sh" with { type: "text" };
import rollback from "../../../deploy/rollback.sh" with { type: "text" };
import backupService from "../../../deploy/systemd/fleet-hub-backup.service" with { type: "text" };
import backupTimer from "../../../deploy/systemd/fleet-hub-backup.timer" with { type: "text" };
import drillService from "../../../deploy/systemd/fleet-hub-drill.service" with { type: "text" };
import drillTimer from "../../../deploy/systemd/fleet-hub-drill.timer" with { type: "text" };
import rollbackService from "../../../deploy/systemd/fleet-hub-rollback.service" with { type: "text" };
import wgPath from "../../../deploy/systemd/fleet-hub-wg.path" with { type: "text" };
import wgService from "../../../deploy/systemd/fleet-hub-wg.service" with { type: "text" };
import wgTimer from "../../../deploy/systemd/fleet-hub-wg.timer" with { type: "text" };
import hubService from "../../../deploy/systemd/fleet-hub.service" with { type: "text" };
import users from "../../../deploy/systemd/fleet-hub.sysusers" with { type: "text" };
import manyService from "../../../deploy/systemd/fleet-hub@.service" with { type: "text" };

/** The units of a hub by their names, as this release was tested with them. */
export const HUB_UNITS: Readonly<Record<string, string>> = {
  "fleet-hub.service": hubService,
  "fleet-hub@.service": manyService,
  "fleet-hub-backup.service": backupService,
  "fleet-hub-backup.timer": backupTimer,
  "fleet-hub-drill.service": drillService,
  "fleet-hub-drill.timer": drillTimer,
  "fleet-hub-rollback.service": rollbackService,
  "fleet-hub-wg.service": wgService,
  "fleet-hub-wg.path": wgPath,
  "fleet-hub-wg.timer": wgTimer,
};

/** What the installer finds beside itself in a checkout, by path. */
export const INSTALLER_FILES: Readonly<Record<string, string>> = {
  "install-common.sh": common,
  "install-hub.sh": install,
  "install-hub-parts.sh": hubParts,
  "rollback.sh": rollback,
  "systemd/fleet-hub.sysusers": users,
  ...Object.fromEntries(Object.entries(HUB_UNITS).map(([name, text]) => [`systemd/${name}`, text])),
};
