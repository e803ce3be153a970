import { forgetUpgradeFailure, noteUpgradeFailure } from "../db/rig-upgrades.ts";
import type { HubContext } from "./context.ts";

/** What a rig tells with its question for a release: `failed; version=0.2.0; reason=…`, or nothing when all is well. */
export async function hearUpgrade(context: HubContext, rigId: string, told: string | undefined): Promise<void> {
  const { sql, clock, log } = context;
  if (told === undefined) return forgetUpgradeFailure(sql, rigId);
  const [, version = "unknown", reason = told] = /^failed; version=([^;]{1,40}); reason=(.*)$/.exec(told) ?? [];
  const isNews = await noteUpgradeFailure(sql, rigId, { version, reason }, new Date(clock.now()));
  if (isNews) log.warn("rig.upgrade_failed", { rig_id: rigId, version, reason });
}
