import type { Fleet } from "../fleet/fleet.ts";
import type { SimRig } from "../fleet/rig.ts";
import { cursorRow, outcomeRows, queueRows } from "./rig-disk.ts";

/** Nothing waits anywhere: on no rig, on no hub, and no rig is behind. */
export async function isQuiet({ monitor, rigs }: Fleet): Promise<boolean> {
  if (rigs.some(isBusy)) return false;
  const [hub] = await monitor<{ waiting: boolean; epoch: string; version: number }[]>`
    select exists (select from events where needs_curation and not held) as waiting, epoch,
      (select coalesce(max(version), 0) from library_versions) as version
    from library_state`;
  if (hub === undefined || hub.waiting) return false;
  return rigs.every((rig) => {
    if (!rig.admitted) return true;
    const cursor = cursorRow(rig);
    return cursor?.page === null && cursor.epoch === hub.epoch && cursor.version === hub.version;
  });
}

function isBusy(rig: SimRig): boolean {
  if (!rig.admitted) return false;
  if (rig.running === undefined) return true;
  const waits = ({ state }: { state: string }): boolean => state === "pending";
  return queueRows(rig).some(waits) || outcomeRows(rig).some(waits);
}

/** Nothing was set aside that is good, nothing is over its limit. */
export function checkRigs({ rigs, plan, model }: Fleet): void {
  for (const rig of rigs) {
    const name = rig.setup.rigId;
    const rows = queueRows(rig);
    if (!rig.admitted) continue;
    for (const { id, reason } of rows.filter(({ state }) => state === "refused")) {
      model.broken(`${name} set ${id} aside: ${reason}`);
    }
    for (const { id, reason } of outcomeRows(rig).filter(({ state }) => state === "refused")) {
      model.broken(`${name} set the answer to ${id} aside: ${reason}`);
    }
    const held = rows.filter(({ state }) => state !== "sent").length;
    if (held > plan.queueMax) model.broken(`${name} holds ${held} events, ${plan.queueMax} at most`);
  }
}
