import { isRecord } from "../../src/base/json.ts";
import { HISTORY_SNAPSHOTS_FULL, type FleetEvent, type HistorySnapshot } from "../../src/wire/event.ts";

/** Every field optional at every depth; an array is given whole. */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> | undefined }
    : T;

const TIMESTAMP = 1_794_187_658;
const DEPTH_FT = 9_898;

/**
 * A valid High event of RIG-1 with a full window. Give only what the test is about: id, the advisory's
 * timestamp and the window follow `rig_id`, `timestamp` and `depth` unless they are given too.
 */
export function anEvent(overrides: DeepPartial<FleetEvent> = {}): FleetEvent {
  const rigId = overrides.rig_id ?? "RIG-1";
  const timestamp = overrides.timestamp ?? TIMESTAMP;
  const depth = overrides.depth ?? DEPTH_FT;
  const advisoryTimestamp = overrides.advisory?.timestamp ?? timestamp;
  const plain: FleetEvent = {
    id: `${rigId}-${advisoryTimestamp}`,
    rig_id: rigId,
    well_id: "WOLFCAMP-23H",
    field: "Permian Basin",
    campaign: "Production",
    advisory: anAdvisory(advisoryTimestamp, depth),
    history_window: aWindow(timestamp, depth),
    outcome: "Pending",
    notes: null,
    depth,
    timestamp,
  };
  return merged(plain, overrides) as FleetEvent;
}

/** Snapshots a second apart up to `timestamp`: a steady well whose flow out creeps up. Newest last. */
export function aWindow(timestamp = TIMESTAMP, depth = DEPTH_FT, length = HISTORY_SNAPSHOTS_FULL): HistorySnapshot[] {
  return Array.from({ length }, (_, at) => aSnapshot(at - (length - 1), timestamp, depth));
}

function aSnapshot(back: number, timestamp: number, depth: number): HistorySnapshot {
  const wobble = Math.sin(back / 3);
  const flowIn = 500 + wobble;
  const flowOut = 520 + back / 3;
  return {
    timestamp: timestamp + back,
    depth: depth + back / 60,
    rop: 60 + wobble,
    wob: 20 + wobble / 2,
    rpm: 120 + wobble,
    torque: 10 + wobble / 10,
    spp: 2_500 + 5 * wobble,
    flow_in: flowIn,
    flow_out: flowOut,
    mse: 800 + 10 * wobble,
    mse_efficiency: 90,
    d_exponent: -0.5,
    flow_balance: flowOut - flowIn,
    pit_rate: 5,
    ecd_margin: 0.6,
    gas_units: 40,
  };
}

function anAdvisory(timestamp: number, depth: number): FleetEvent["advisory"] {
  return {
    timestamp,
    efficiency_score: 70,
    risk_level: "High",
    severity: "Medium",
    recommendation: "WELL CONTROL: Verify flow balance and pit levels.",
    expected_benefit: "Well control incident prevention — immediate safety priority",
    reasoning: "Flow imbalance of 20.0 gpm detected with pit rate 5.0 bbl/hr.",
    votes: [
      { specialist: "MSE", vote: "Low", weight: 0.25, reasoning: "MSE efficiency 90% adequate" },
      { specialist: "Hydraulic", vote: "Low", weight: 0.25, reasoning: "Hydraulics normal" },
      { specialist: "WellControl", vote: "High", weight: 0.3, reasoning: "Flow imbalance 20.0 gpm" },
      { specialist: "Formation", vote: "Low", weight: 0.2, reasoning: "Formation stable" },
    ],
    physics_report: aPhysicsReport(depth),
    context_used: [],
    trace_log: [
      {
        timestamp_ms: timestamp * 1000,
        stage: "TacticalCreation",
        status: "Info",
        message: "Created: INTERVENTION | Well Control | Trigger: 20.00 vs threshold 10.00",
      },
    ],
  };
}

function aPhysicsReport(depth: number): NonNullable<FleetEvent["advisory"]["physics_report"]> {
  return {
    avg_mse: 800,
    mse_trend: 1.5,
    optimal_mse: 13_000,
    mse_efficiency: 90,
    dxc_trend: 12,
    flow_balance_trend: 9.5,
    avg_pit_rate: 5,
    formation_hardness: 1,
    confidence: 1,
    detected_dysfunctions: ["WARNING: Flow imbalance 20.0 gpm"],
    wob_trend: 0,
    rop_trend: 0,
    founder_detected: false,
    founder_severity: 0,
    optimal_wob_estimate: 0,
    current_depth: depth,
    current_rop: 60,
    current_wob: 20,
    current_rpm: 120,
    current_torque: 10,
    current_flow_in: 500,
    current_flow_out: 520,
    current_mud_weight: 12,
    current_ecd: 12.3,
    current_gas: 40,
    current_pit_volume: 545,
    current_spp: 2_500,
    current_casing_pressure: 120,
  };
}

/** An override that is `undefined` takes the field away. */
function merged(base: unknown, override: unknown): unknown {
  if (!isRecord(base) || !isRecord(override)) return override;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(override)) {
    if (value === undefined) delete result[key];
    else result[key] = key in base ? merged(base[key], value) : value;
  }
  return result;
}
