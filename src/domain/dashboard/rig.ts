import { Fault } from "../../base/fault.ts";
import { nearestFew } from "../../base/nearest.ts";
import { show } from "../../base/schema.ts";
import {
  fleetOutcomes,
  newestDrops,
  newestEnrolment,
  newestSyncs,
  openEntries,
  rigFacts,
  rigNames,
  rigOutcomes,
  rigRefusals,
  rigsWithEvents,
  type DropRow,
  type EnrolmentRow,
  type OpenEntryRow,
  type RefusalRow,
  type RigFactsRow,
  type SyncRow,
} from "../../db/dashboard/rig.ts";
import { rigLineRow } from "../../db/dashboard/rigs.ts";
import { currentVersion } from "../../db/versions.ts";
import { isRigId, RIG_ID_MAX } from "../../wire/identity.ts";
import type { HubContext } from "../context.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { outcomeShares, type OutcomeShares } from "../outcome-shares.ts";
import { eventsPage } from "./events.ts";
import { daysBack, rigsAsOf } from "./rigs-as-of.ts";
import { rigLine, type RigLine } from "./rigs.ts";

/** Of the comparison with the fleet. */
export const RIG_LOAD_DAYS = 30;
/** Long enough for shares that mean something. */
export const RIG_OUTCOME_DAYS = 90;
const DAY_MS = 86_400_000;
const EVENTS_SHOWN = 10;
const SYNCS_SHOWN = 50;
const DROPS_SHOWN = 20;
const REFUSALS_SHOWN = 50;
const ENTRIES_SHOWN = 20;
/** Names that a mistyped one is compared with. */
const NAMES_MAX = 10_000;
const NAMES_NEAR = 3;

export interface RigHead {
  readonly line: RigLine;
  readonly facts: IsoTimes<RigFactsRow>;
  readonly library_version: number;
  /** The newest code that was made for it, and what came of it; null when it was enrolled otherwise. */
  readonly enrolment: (IsoTimes<EnrolmentRow> & { readonly state: EnrolmentState }) | null;
}

export type EnrolmentState = "used" | "cancelled" | "expired" | "open";

/** What the page of a rig begins with. Faults: `not_found`, which names rigs of like names. */
export async function rigHead(context: HubContext, rigId: string): Promise<RigHead> {
  const { sql, clock } = context;
  const known = isRigId(rigId);
  const [line, facts, enrolment, library_version] = await Promise.all([
    known ? rigLineRow(sql, rigsAsOf(context), rigId) : undefined,
    known ? rigFacts(sql, rigId) : undefined,
    known ? newestEnrolment(sql, rigId) : undefined,
    currentVersion(sql),
  ]);
  if (line === undefined || facts === undefined) throw await unknownRig(context, rigId);
  return {
    line: rigLine(line),
    facts: isoTimes(facts),
    library_version,
    enrolment:
      enrolment === undefined ? null : { ...isoTimes(enrolment), state: enrolmentState(enrolment, clock.now()) },
  };
}

export interface RigLog {
  /** Newest first, all of them. */
  readonly syncs: readonly IsoTimes<SyncRow>[];
  readonly drops: readonly IsoTimes<DropRow>[];
  /** A row each kind of refusal. */
  readonly refusals: readonly IsoTimes<RefusalRow>[];
  /** Kept aside for a person; `more_quarantined` when there are others. */
  readonly quarantined: readonly IsoTimes<OpenEntryRow>[];
  readonly more_quarantined: boolean;
}

export async function rigLog({ sql }: HubContext, rigId: string): Promise<RigLog> {
  const [syncs, drops, refusals, entries] = await Promise.all([
    newestSyncs(sql, rigId, SYNCS_SHOWN),
    newestDrops(sql, rigId, DROPS_SHOWN),
    rigRefusals(sql, rigId, REFUSALS_SHOWN),
    openEntries(sql, rigId, ENTRIES_SHOWN + 1),
  ]);
  return {
    syncs: syncs.map(isoTimes),
    drops: drops.map(isoTimes),
    refusals: refusals.map(isoTimes),
    quarantined: entries.slice(0, ENTRIES_SHOWN).map(isoTimes),
    more_quarantined: entries.length > ENTRIES_SHOWN,
  };
}

/** Its newest events; the list of events has all. */
export async function rigEvents(context: HubContext, rigId: string) {
  return (await eventsPage(context, { filter: { rig: rigId }, limit: EVENTS_SHOWN })).events;
}

/** How often it speaks, and how often for nothing. */
export interface Load {
  readonly events: number;
  readonly per_day: number;
  /** Of the answered events; null when none is answered. */
  readonly false_positive_share: number | null;
  readonly answered: number;
}

export interface RigRecord {
  readonly outcome_days: number;
  readonly outcomes: OutcomeShares;
  readonly load_days: number;
  readonly load: Load;
  /** The same of all rigs together; `per_day` of a rig, null when no rig sent an event. */
  readonly fleet: Omit<Load, "per_day"> & { readonly per_day: number | null; readonly rigs: number };
}

export async function rigRecord({ sql, clock }: HubContext, { line }: RigHead): Promise<RigRecord> {
  const nowMs = clock.now();
  const month = daysBack(nowMs, RIG_LOAD_DAYS);
  const span = { from: month.at(-1) ?? "", to: month[0] ?? "" };
  const [quarter, own, fleet, rigs] = await Promise.all([
    rigOutcomes(sql, line.rig_id, daysBack(nowMs, RIG_OUTCOME_DAYS)),
    rigOutcomes(sql, line.rig_id, month),
    fleetOutcomes(sql, span),
    rigsWithEvents(sql, new Date(`${span.from}T00:00:00Z`)),
  ]);
  const all = loadOf(outcomeShares(fleet), RIG_LOAD_DAYS);
  return {
    outcome_days: RIG_OUTCOME_DAYS,
    outcomes: outcomeShares(quarter),
    load_days: RIG_LOAD_DAYS,
    load: loadOf(outcomeShares(own), daysEnrolled(line, nowMs)),
    fleet: { ...all, per_day: rigs === 0 ? null : all.per_day / rigs, rigs },
  };
}

function loadOf({ total, pending, outcome_breakdown: breakdown }: OutcomeShares, days: number): Load {
  const answered = total - pending;
  const wrong = breakdown.find(({ outcome }) => outcome === "FalsePositive")?.count ?? 0;
  return {
    events: total,
    per_day: total / days,
    false_positive_share: answered === 0 ? null : wrong / answered,
    answered,
  };
}

/** A rig of last week is measured by its week. */
function daysEnrolled({ registered_at }: RigLine, nowMs: number): number {
  const days = Math.ceil((nowMs - Date.parse(registered_at)) / DAY_MS);
  return Math.min(RIG_LOAD_DAYS, Math.max(1, days));
}

function enrolmentState({ used_at, cancelled_at, expires_at }: EnrolmentRow, nowMs: number): EnrolmentState {
  if (used_at !== null) return "used";
  if (cancelled_at !== null) return "cancelled";
  return expires_at.getTime() <= nowMs ? "expired" : "open";
}

async function unknownRig({ sql }: HubContext, rigId: string): Promise<Fault> {
  const asked = rigId.slice(0, RIG_ID_MAX);
  const near = nearestFew(asked, await rigNames(sql, NAMES_MAX), NAMES_NEAR);
  const hint = near.length === 0 ? "the list of rigs has their names" : `did you mean ${near.join(", ")}?`;
  return new Fault("not_found", `there is no rig ${show(asked)}`, hint);
}
