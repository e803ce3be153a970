import type { Random } from "../../../src/base/random.ts";
import type { Campaign } from "../../../src/wire/vocabulary.ts";
import { between, happens, pick, weighted, whole } from "./chance.ts";
import { DAY_MS, HOUR_MS, type Calendar } from "./times.ts";

export type RigState = "active" | "late" | "silent" | "revoked";

export interface WellPlan {
  readonly well_id: string;
  readonly campaign: Campaign;
  readonly fromMs: number;
  readonly toMs: number;
  readonly fromFt: number;
  readonly toFt: number;
}

export interface RigPlan {
  readonly rig_id: string;
  readonly field: string;
  readonly state: RigState;
  readonly time_zone: string;
  /** Null before the first spoke that told its version. */
  readonly spoke_version: string | null;
  readonly clock_offset_s: number | null;
  readonly registeredMs: number;
  /** The last that the hub heard of it. */
  readonly lastSeenMs: number;
  readonly wells: readonly WellPlan[];
  /** How much more than others it sends, answers, and takes for a false alarm. */
  readonly activity: number;
  readonly diligence: number;
  readonly doubt: number;
}

const FIELDS: readonly { readonly field: string; readonly code: string; readonly zone: string }[] = [
  { field: "Kestrel", code: "KS", zone: "America/Chicago" },
  { field: "Permian", code: "PB", zone: "America/Chicago" },
  { field: "N Viking", code: "NV", zone: "Europe/Oslo" },
  { field: "Brannock", code: "BR", zone: "Europe/London" },
  { field: "Al Safa", code: "AS", zone: "Asia/Dubai" },
  { field: "Campos", code: "CB", zone: "America/Sao_Paulo" },
  { field: "Gippsland", code: "GL", zone: "Australia/Melbourne" },
  { field: "Montney", code: "MT", zone: "America/Edmonton" },
  { field: "Bonga", code: "BG", zone: "Africa/Lagos" },
  { field: "Krishna", code: "KG", zone: "Asia/Kolkata" },
];

/** The newest is that of the hub. */
const SPOKES: Readonly<Record<string, number>> = { "0.1.0": 55, "0.0.9": 20, "0.0.8": 10, "0.0.5": 5, none: 10 };
/** Of a hundred rigs; there is at least one of each. */
const STATES: readonly { readonly state: RigState; readonly share: number }[] = [
  { state: "revoked", share: 0.016 },
  { state: "silent", share: 0.03 },
  { state: "late", share: 0.05 },
];
const PLUG_SHARE = 0.18;
const WELL_DAYS = { least: 25, most: 75 };

/** Rigs over the fields, each with the wells that it drilled one after the other. */
export function planFleet(random: Random, calendar: Calendar, count: number): RigPlan[] {
  const states = STATES.flatMap(({ state, share }) =>
    Array.from({ length: Math.max(1, Math.round(share * count)) }, () => state),
  );
  const every = Math.floor(count / states.length);
  return Array.from({ length: count }, (_, nth) => {
    // Spread over the fleet, so that no field has all the trouble.
    const state = nth % every === every - 1 ? states[Math.floor(nth / every)] : undefined;
    return planRig(random, calendar, nth, state ?? "active");
  });
}

function planRig(random: Random, calendar: Calendar, nth: number, state: RigState): RigPlan {
  const place = FIELDS[nth % FIELDS.length] ?? { field: "Kestrel", code: "KS", zone: "UTC" };
  const rig_id = `${place.code}-${String(Math.floor(nth / FIELDS.length) + 1).padStart(2, "0")}`;
  const lastSeenMs = calendar.nowMs - quietMs(random, state);
  const isNew = happens(random, 0.1);
  const registeredMs = isNew ? lastSeenMs - between(random, 20, 200) * DAY_MS : calendar.startMs;
  const spoke = weighted(random, SPOKES);
  return {
    rig_id,
    field: place.field,
    state,
    time_zone: place.zone,
    spoke_version: spoke === "none" ? null : spoke,
    clock_offset_s: spoke === "none" ? null : offset(random),
    registeredMs,
    lastSeenMs,
    wells: planWells(random, rig_id, Math.max(registeredMs, calendar.startMs), lastSeenMs),
    activity: between(random, 0.4, 1.6),
    diligence: between(random, 0.5, 1.3),
    doubt: happens(random, 0.06) ? 3 : between(random, 0.6, 1.4),
  };
}

function quietMs(random: Random, state: RigState): number {
  if (state === "revoked") return between(random, 5, 190) * DAY_MS;
  if (state === "silent") return between(random, 50, 400) * HOUR_MS;
  if (state === "late") return between(random, 8, 40) * HOUR_MS;
  return between(random, 0.02, 6) * HOUR_MS;
}

/** Most clocks are good to a second; a few were never set. */
function offset(random: Random): number {
  const seconds = happens(random, 0.03) ? between(random, -900, 900) : between(random, -1.5, 1.5);
  return Math.round(seconds * 1000) / 1000;
}

function planWells(random: Random, rigId: string, fromMs: number, toMs: number): WellPlan[] {
  const wells: WellPlan[] = [];
  for (let at = fromMs; at < toMs;) {
    const end = Math.min(toMs, at + whole(random, WELL_DAYS.least, WELL_DAYS.most) * DAY_MS);
    const plug = happens(random, PLUG_SHARE);
    const top = plug ? between(random, 7000, 9000) : between(random, 1200, 4000);
    wells.push({
      well_id: `${rigId.replace("-", "")}-${wells.length + 1}${plug ? "P" : pick(random, ["H", "S"])}`,
      campaign: plug ? "PlugAbandonment" : "Production",
      fromMs: at,
      toMs: end,
      fromFt: top,
      toFt: top + (plug ? between(random, 1500, 4000) : between(random, 6000, 13_000)),
    });
    at = end;
  }
  return wells;
}
