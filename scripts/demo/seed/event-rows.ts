import { assert } from "../../../src/base/assert.ts";
import type { Random } from "../../../src/base/random.ts";
import type { Zstd } from "../../../src/base/zstd.ts";
import type { CurationEvent } from "../../../src/db/curation.ts";
import type { EventRow } from "../../../src/db/events.ts";
import { eventContent } from "../../../src/domain/stored-event.ts";
import { encodeEvent } from "../../../src/wire/codec.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { LATE_AFTER_S } from "../../../src/wire/protocol.ts";
import type { Category } from "../../../src/wire/vocabulary.ts";
import type { Answer, Drillers } from "./answers.ts";
import { between, happens, pick, whole } from "./chance.ts";
import { movedEvent } from "./event-body.ts";
import type { RigPlan } from "./fleet-plan.ts";
import type { SessionPlan } from "./session-plan.ts";
import type { Richness, Template } from "./templates.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./times.ts";

export interface EventMaking {
  readonly random: Random;
  readonly zstd: Zstd;
  readonly templates: ReadonlyMap<Category, readonly Template[]>;
  readonly drillers: Drillers;
  readonly nowMs: number;
}

export interface MadeEvent {
  readonly row: EventRow & { readonly queued_at: Date | null; readonly sent_at: Date | null };
  readonly answers: readonly Answer[];
  readonly rig: RigPlan;
}

/** Only the newest events keep whole windows: a page of an old one shows what a short one has. */
const WHOLE_AFTER_DAYS = 1;
const SHORT_AFTER_DAYS = 4;
const BARE_AFTER_DAYS = 30;
/** How a trouble goes on: the same situation, seldom another. */
const OTHER_SITUATION = 0.25;
const DRIFT_FT = 0.4;
/** Spokes from this version on tell when an event was queued and sent. */
const TELLS_TIMES = "0.0.8";

/** What a rig sent of one trouble, and what its driller answered. */
export function sessionEvents(making: EventMaking, plan: SessionPlan): MadeEvent[] {
  const { random, templates } = making;
  const choices = templates.get(plan.category) ?? [];
  const main = pick(random, choices);
  const depthFt = depthAt(plan);
  return Array.from({ length: plan.events }, (_, nth) => {
    const template = happens(random, OTHER_SITUATION) ? pick(random, choices) : main;
    const startS = plan.startMs / SECOND_MS;
    const second = startS + nth * plan.stepS + (plan.stepS > 8 ? whole(random, 0, Math.min(6, plan.stepS / 4)) : 0);
    const jump = nth >= plan.events / 2 ? plan.jumpFt : 0;
    return makeEvent(making, plan, template, { second, depthFt: depthFt + nth * DRIFT_FT + jump });
  });
}

function makeEvent(
  making: EventMaking,
  plan: SessionPlan,
  template: Template,
  at: { readonly second: number; readonly depthFt: number },
): MadeEvent {
  const { random, nowMs } = making;
  const { rig, well } = plan;
  const place = { ...at, rig_id: rig.rig_id, well_id: well.well_id, field: rig.field, campaign: well.campaign };
  const event = movedEvent(template[richness(at.second, nowMs)], place, random);
  const eventMs = at.second * SECOND_MS;
  const receivedMs = Math.min(eventMs + lagMs(random), Math.max(eventMs + SECOND_MS, rig.lastSeenMs));
  const answers = making.drillers.reply(random, {
    category: plan.category,
    risk: event.advisory.risk_level,
    receivedMs,
    nowMs: Math.min(nowMs, rig.lastSeenMs + MINUTE_MS),
    diligence: rig.diligence,
    doubt: rig.doubt,
    lone: plan.events < 4,
  });
  const tells = rig.spoke_version !== null && rig.spoke_version >= TELLS_TIMES;
  const sent = new Date(receivedMs - whole(random, 80, 900));
  const row = {
    ...rowOf(making.zstd, event, receivedMs),
    ...answerColumns(answers),
    queued_at: tells ? new Date(Math.min(eventMs + whole(random, 100, 1500), sent.getTime())) : null,
    sent_at: tells ? sent : null,
  };
  return { row, answers, rig };
}

/** The row that ingest makes of it. */
export function rowOf(zstd: Zstd, event: FleetEvent, receivedMs: number): EventRow {
  const json = encodeEvent(event);
  const receivedAt = new Date(receivedMs);
  return {
    id: event.id,
    rig_id: event.rig_id,
    ...eventContent({ event, json, frame: zstd.compress(json) }, receivedAt),
    late: receivedMs / SECOND_MS - event.timestamp > LATE_AFTER_S,
    held: false,
    clock_offset_s: null,
    received_at: receivedAt,
    queued_at: null,
    sent_at: null,
  };
}

function answerColumns(answers: readonly Answer[]): Partial<EventRow> {
  const last = answers.at(-1);
  if (last === undefined) return {};
  const { outcome, action_taken, notes, atMs } = last;
  return { outcome, action_taken, notes, outcome_at: new Date(atMs) };
}

function richness(second: number, nowMs: number): Richness {
  const ageDays = (nowMs - second * SECOND_MS) / DAY_MS;
  if (ageDays < WHOLE_AFTER_DAYS) return "whole";
  if (ageDays < SHORT_AFTER_DAYS) return "short";
  return ageDays < BARE_AFTER_DAYS ? "bare" : "least";
}

/** Seconds as a rule; a rig whose link was down sends hours later, and one in a thousand weeks. */
function lagMs(random: Random): number {
  if (happens(random, 0.001)) return between(random, 8, 20) * DAY_MS;
  if (happens(random, 0.03)) return between(random, 0.3, 14) * HOUR_MS;
  return between(random, 1.5, 45) * SECOND_MS;
}

function depthAt({ well, startMs }: SessionPlan): number {
  const share = (startMs - well.fromMs) / Math.max(1, well.toMs - well.fromMs);
  return well.fromFt + Math.max(0, Math.min(1, share)) * (well.toFt - well.fromFt);
}

/** As curation reads it. */
export function curationEvent({ row }: MadeEvent): CurationEvent {
  assert(!row.held, "a held event is not curated");
  return { ...row, apart: false, needs_curation: false, episode_id: null, former_category: null };
}
