import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openBelow } from "../kernel/sqlite.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { SimRig } from "../fleet/rig.ts";
import { cursorRow, outcomeRows, queueRows, type QueueRow } from "./rig-disk.ts";

/** Nothing waits anywhere: on no rig, on no hub, and no rig is behind. */
export async function isQuiet({ monitor, rigs, oldRigs, jobs, model, net }: Fleet): Promise<boolean> {
  if (jobs.open + net.underWay > 0 || rigs.some((rig) => isBusy(rig, model))) return false;
  const [hub] = await monitor<{ waiting: boolean; epoch: string; version: number }[]>`
    select exists (select from events where needs_curation and not held) as waiting, epoch,
      (select coalesce(max(version), 0) from library_versions) as version
    from library_state`;
  if (hub === undefined || hub.waiting) return false;
  if (oldRigs.some(({ version }) => version !== hub.version)) return false;
  return rigs.every((rig) => {
    if (!rig.admitted) return true;
    const cursor = cursorRow(rig);
    return (
      cursor?.page === null &&
      cursor.epoch === hub.epoch &&
      cursor.version === hub.version &&
      hasOffered(rig, hub.epoch)
    );
  });
}

/** What was said of an event that was purged waits for it, and nobody can know that it never comes. */
function isBusy(rig: SimRig, model: Fleet["model"]): boolean {
  if (!rig.admitted) return false;
  if (rig.running === undefined) return true;
  if (rig.queueDir !== undefined && readdirSync(rig.queueDir).length > 0) return true;
  const waits = ({ state, id }: QueueRow): boolean => state === "pending" && !model.isPurged(id);
  return queueRows(rig).some(waits) || outcomeRows(rig).some(waits);
}

/** A spoke's lock, its queue and its library. */
const FILES_OPEN = 3;
/** Loops that sleep, requests that have a deadline: far above what a machine at rest has. */
const WAITS_MAX = 12;

/** Nothing was set aside that is good, nothing is over its limit. */
export function checkRigs({ rigs, hubs, plan, model, kernel }: Fleet): void {
  const waits = kernel.waiting();
  const waitsMax = WAITS_MAX * (rigs.length + hubs.length);
  if (waits > waitsMax) model.broken(`${waits} waits are left where nothing is to be done, ${waitsMax} at most`);
  for (const rig of rigs) {
    const name = rig.setup.rigId;
    const rows = queueRows(rig);
    const open = openBelow(rig.dataDir).length;
    if (rig.running !== undefined && open !== FILES_OPEN) model.broken(`${name} has ${open} files open`);
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

/** All that it has sent was offered to this hub, in case it came from a backup. */
function hasOffered(rig: SimRig, epoch: string): boolean {
  const place = join(rig.dataDir, "reoffer.json");
  if (!existsSync(place)) return false;
  const offered = JSON.parse(readFileSync(place, "utf8")) as { epoch: string; done: boolean };
  return offered.done && offered.epoch === epoch;
}
