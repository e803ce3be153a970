import rollbackService from "../../deploy/systemd/fleet-spoke-rollback.service" with { type: "text" };
import upgradeService from "../../deploy/systemd/fleet-spoke-upgrade.service" with { type: "text" };
import upgradeTimer from "../../deploy/systemd/fleet-spoke-upgrade.timer" with { type: "text" };
import spokeService from "../../deploy/systemd/fleet-spoke.service" with { type: "text" };

/** The units of a rig by their names, as this release was tested with them. */
export const SPOKE_UNITS: Readonly<Record<string, string>> = {
  "fleet-spoke.service": spokeService,
  "fleet-spoke-rollback.service": rollbackService,
  "fleet-spoke-upgrade.service": upgradeService,
  "fleet-spoke-upgrade.timer": upgradeTimer,
};
