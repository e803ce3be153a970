import { assert } from "../../../src/base/assert.ts";
import { categorise } from "../../../src/recall/category.ts";
import type { FleetEvent, HistorySnapshot, PhysicsReport, StrategicAdvisory } from "../../../src/wire/event.ts";
import type { Category } from "../../../src/wire/vocabulary.ts";
import { readDemoEvents } from "../fixtures.ts";

/** How much of a fixture an event keeps: a million whole ones would take 10 GB. */
export type Richness = "whole" | "short" | "bare" | "least";
export type Template = Readonly<Record<Richness, FleetEvent>>;

const SHORT_SNAPSHOTS = 4;
const BARE_SNAPSHOTS = 2;
const BARE_TEXT_MAX = 48;
/** The fixtures hold none, as their software never gives it; a newer one states it. */
const FORMATION_TREND_MIN = 10;

/** Channels that say something of each category, for windows that cannot keep all. */
const BARE_CHANNELS: Readonly<Record<Category, readonly (keyof HistorySnapshot)[]>> = {
  None: ["rop", "wob", "rpm", "torque"],
  DrillingEfficiency: ["rop", "wob", "rpm", "mse", "mse_efficiency"],
  Hydraulics: ["spp", "flow_in", "flow_out", "ecd_margin"],
  WellControl: ["flow_in", "flow_out", "pit_rate", "gas_units"],
  Mechanical: ["wob", "rpm", "torque", "spp"],
  Formation: ["rop", "wob", "d_exponent", "gas_units"],
};

const BARE_REPORT: Readonly<Record<Category, readonly (keyof PhysicsReport)[]>> = {
  None: [],
  DrillingEfficiency: ["mse_efficiency", "current_rop"],
  Hydraulics: ["current_rop"],
  WellControl: ["flow_balance_trend"],
  Mechanical: ["current_rop"],
  Formation: ["dxc_trend"],
};

/** By category, from all fixtures. */
export function eventTemplates(): ReadonlyMap<Category, readonly Template[]> {
  const events = readDemoEvents().all;
  const templates = new Map<Category, Template[]>();
  const add = (category: Category, event: FleetEvent): void => {
    templates.set(category, [...(templates.get(category) ?? []), templateOf(category, event)]);
  };
  for (const event of events) add(categorise(event).category, event);
  const turned = events.filter(
    ({ advisory }) => Math.abs(advisory.physics_report?.dxc_trend ?? 0) >= FORMATION_TREND_MIN,
  );
  for (const event of turned) add("Formation", stating(event, "Formation"));
  return templates;
}

function templateOf(category: Category, event: FleetEvent): Template {
  const { history_window: window } = event;
  assert(window.length > 0, "a fixture has a window");
  const short = { ...event, history_window: thinned(window, SHORT_SNAPSHOTS) };
  const bare = bareOf(category, event);
  return { whole: event, short, bare, least: leastOf(bare) };
}

/** The form of the newer rig software: its category is stated, and little else. */
function bareOf(category: Category, event: FleetEvent): FleetEvent {
  const { timestamp, risk_level, severity, recommendation, physics_report: report } = event.advisory;
  const advisory: StrategicAdvisory = {
    timestamp,
    risk_level,
    severity,
    category,
    recommendation: firstSentence(recommendation ?? ""),
  };
  const kept = picked(report ?? {}, BARE_REPORT[category]);
  const { id, rig_id, well_id, field, campaign, outcome, depth } = event;
  return {
    id,
    rig_id,
    well_id,
    field,
    campaign,
    advisory: Object.keys(kept).length === 0 ? advisory : { ...advisory, physics_report: kept },
    history_window: thinned(event.history_window, BARE_SNAPSHOTS).map((snapshot) =>
      picked(snapshot, ["timestamp", ...BARE_CHANNELS[category]]),
    ),
    outcome,
    depth,
    timestamp: event.timestamp,
  };
}

/** The one snapshot that the newer rig software sends, and no report. */
function leastOf(bare: FleetEvent): FleetEvent {
  const { physics_report: _, ...advisory } = bare.advisory;
  return { ...bare, advisory, history_window: bare.history_window.slice(-1) };
}

/** The newest ones, the first of the window with them: so that a change is still seen. */
function thinned(window: readonly HistorySnapshot[], count: number): HistorySnapshot[] {
  return window.length <= count ? [...window] : [...window.slice(0, 1), ...window.slice(1 - count)];
}

function firstSentence(text: string): string {
  const [first = ""] = text.replace(/^[A-Z ]+: /, "").split(/\. |\.$| \(|(?<= immediately)\./);
  return first.slice(0, BARE_TEXT_MAX).trimEnd();
}

function stating(event: FleetEvent, category: Category): FleetEvent {
  return { ...event, advisory: { ...event.advisory, category } };
}

function picked<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]])) as Pick<T, K>;
}
