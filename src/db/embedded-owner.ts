import { accessSync, constants, statSync } from "node:fs";
import { Fault } from "../base/fault.ts";

/**
 * Files that root makes in the hub's folder are root's: the service could not write them any more, and would not start.
 * Faults: `config`.
 */
export function refuseOthers(dataDir: string, uid = process.getuid?.()): void {
  const owner = statSync(dataDir).uid;
  if (uid === 0 && owner !== 0) {
    throw new Fault(
      "config",
      `${dataDir} belongs to another user, and what root writes there its service could not read`,
      `run this as that user: sudo -u "$(stat -c %U ${dataDir})" …`,
    );
  }
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    throw new Fault("config", `${dataDir} is not yours to write`, `sudo -u "$(stat -c %U ${dataDir})" …`);
  }
}
