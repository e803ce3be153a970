/** The least that a rig can send: one snapshot, the fields that its software never leaves out; from February 2024. */
export const MINIMAL_EVENT = {
  id: "RIG-TEST-1-1707400000",
  rig_id: "RIG-TEST-1",
  well_id: "WELL-001",
  field: "Test Basin",
  campaign: "Production",
  advisory: {
    timestamp: 1_707_400_000,
    efficiency_score: 40,
    risk_level: "High",
    severity: "High",
    recommendation: "Reduce WOB",
  },
  history_window: [{ timestamp: 1_707_400_000, depth: 12_450, rop: 30, wob: 25, rpm: 110, torque: 18 }],
  outcome: "Pending",
  depth: 12_450,
  timestamp: 1_707_400_000,
};
