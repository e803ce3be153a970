/** The rigs that the demo's past is told of. */
export interface DemoPlace {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly time_zone: string;
  /** Rigs of the fixtures whose events it sends, one after the other. */
  readonly sources: readonly [string, string];
  readonly spokeVersion: string;
  /** Hours before now when it was last heard of. */
  readonly quietH: number;
  readonly fate?: "revoked";
}

const PERMIAN = { field: "Permian Basin", time_zone: "America/Chicago" };
const VIKING = { field: "North Viking", time_zone: "Europe/Oslo" };
const RIDGE = { field: "Green Ridge", time_zone: "America/Denver" };

export const DEMO_PLACES: readonly DemoPlace[] = [
  {
    rig_id: "RIG-ALPHA-7",
    well_id: "WOLFCAMP-24H",
    ...PERMIAN,
    sources: ["RIG-ALPHA-71", "RIG-ALPHA-7"],
    spokeVersion: "0.1.0",
    quietH: 0,
  },
  {
    rig_id: "RIG-ALPHA-71",
    well_id: "WOLFCAMP-31H",
    ...PERMIAN,
    sources: ["RIG-ALPHA-7", "RIG-ALPHA-71"],
    spokeVersion: "0.1.0",
    quietH: 1,
  },
  {
    rig_id: "NORD-STAR",
    well_id: "NV 34/7-A-12",
    ...VIKING,
    sources: ["NORD-STAR", "DEEPWELL-3"],
    spokeVersion: "0.1.0",
    quietH: 0,
  },
  {
    rig_id: "NORD-STAR-2",
    well_id: "NV 34/7-P-4",
    ...VIKING,
    sources: ["NORD-STAR-2", "DEEPWELL-5"],
    spokeVersion: "0.0.9",
    quietH: 67,
  },
  {
    rig_id: "NORD-STAR-4",
    well_id: "NV 34/7-B-2",
    ...VIKING,
    sources: ["DEEPWELL-3", "NORD-STAR"],
    spokeVersion: "0.0.9",
    quietH: 140,
    fate: "revoked",
  },
  {
    rig_id: "DEEPWELL-3",
    well_id: "GR-512 H2",
    ...RIDGE,
    sources: ["DEEPWELL-3", "NORD-STAR"],
    spokeVersion: "0.1.0",
    quietH: 0,
  },
  {
    rig_id: "DEEPWELL-5",
    well_id: "GR-768 P1",
    ...RIDGE,
    sources: ["DEEPWELL-5", "NORD-STAR-2"],
    spokeVersion: "0.1.0",
    quietH: 2,
  },
  {
    rig_id: "DEEPWELL-8",
    well_id: "GR-801 H1",
    ...RIDGE,
    sources: ["NORD-STAR", "DEEPWELL-3"],
    spokeVersion: "0.0.9",
    quietH: 4,
  },
];
