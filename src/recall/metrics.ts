import type { EpisodeMetrics } from "../wire/episode.ts";
import { measured, type FleetEvent } from "../wire/event.ts";
import { base, channel, last } from "./window.ts";

/**
 * The numbers an old rig compares episodes by; it needs all six, so what was not measured is 0.
 * `flow_balance` (gpm) and `d_exponent` (percent) are the two trends of the report, as rigs fill them.
 */
export function episodeMetrics(event: FleetEvent): EpisodeMetrics {
  const report = event.advisory.physics_report ?? {};
  return {
    mse_efficiency: measured(report.mse_efficiency) ?? 0,
    flow_balance: measured(report.flow_balance_trend) ?? 0,
    d_exponent: measured(report.dxc_trend) ?? 0,
    torque_delta_percent: torqueDeltaPercent(event),
    ecd_margin: newestMargin(event),
    rop: measured(report.current_rop) ?? 0,
  };
}

/** Newest five against the first third of the window, medians; a window that starts at rest has no percentage. */
function torqueDeltaPercent(event: FleetEvent): number {
  const torque = channel(event.history_window, "torque");
  const before = base(torque) ?? 0;
  const delta = 100 * ((last(torque) ?? 0) / before - 1);
  return before > 0 && Number.isFinite(delta) ? delta : 0;
}

/** ppg, the newest reading that there is. */
function newestMargin(event: FleetEvent): number {
  return (
    measured(event.history_window.findLast(({ ecd_margin }) => measured(ecd_margin) !== undefined)?.ecd_margin) ?? 0
  );
}
