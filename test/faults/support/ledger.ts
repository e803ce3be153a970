import { unitInterval, type Random } from "../../../src/base/random.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import type { EventOutcome, OutcomePatch } from "../../../src/wire/outcome.ts";
import { fixtureEvents } from "../../support/fixtures.ts";
import { canonicalDigest } from "./canonical.ts";

/** The body of POST /api/v1/advisory/acknowledge, and what it comes to. */
export interface Answer {
  readonly eventId: string;
  readonly acknowledgment: Readonly<Record<string, unknown>>;
  readonly outcome: EventOutcome;
}

/** What a rig was given and what it said of it: the truth that the fleet is held to. */
export interface Ledger {
  readonly rigId: string;
  /** Digest of each event whose enqueue returned. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** The last outcome of each event that was taken. */
  readonly outcomes: ReadonlyMap<string, EventOutcome>;
  /** Handed in, but the reply never came: its owner hands it in again, as the rig software does. */
  readonly unsure: readonly FleetEvent[];
  readonly unsureAnswers: readonly Answer[];
  nextEvent(): FleetEvent;
  /** Of an event that was taken; undefined when there is none without an answer under way. */
  nextAnswer(): Answer | undefined;
  /** The next answer to this event, whatever was said of it before. */
  answerTo(eventId: string): Answer;
  /** What the hub said and never should have. */
  readonly objections: readonly string[];
  object(sentence: string): void;
  took(event: FleetEvent, id: string): void;
  tookAnswer(answer: Answer): void;
}

/** The same answer as old rigs send it to the hub. */
export function patchOf({ outcome }: Answer): OutcomePatch {
  if (typeof outcome === "string") return { outcome, action_taken: null, notes: null };
  return "Resolved" in outcome
    ? { outcome: "Resolved", action_taken: outcome.Resolved.action_taken, notes: null }
    : { outcome: "Escalated", action_taken: null, notes: outcome.Escalated.reason };
}

const fixtures = fixtureEvents();
/** Of the library's window for duplicates: 600 s and 100 ft. Events further apart are never merged. */
const STEP_S = 61;
const DEPTHS = 12;
const DEPTH_STEP_FT = 300;
/** As far back as pending events keep their score. */
const BACK_S = 25 * 86_400;
const SNAPSHOTS = 2;
const TOGETHER = 4;

/** How an event differs from the one before it. */
export type Spread =
  /** Far enough for an episode of its own. */
  | "apart"
  /** Four at a time within minutes and feet, which become one episode. */
  | "together";

export function createLedger(rigId: string, random: Random, nowS: number, spread: Spread = "apart"): Ledger {
  const acknowledged = new Map<string, string>();
  const outcomes = new Map<string, EventOutcome>();
  const unsure = new Map<string, FleetEvent>();
  const unsureAnswers = new Map<string, Answer>();
  const ids: string[] = [];
  const objections: string[] = [];
  let events = 0;
  let answers = 0;
  const underWay = (eventId: string): Answer => {
    const given = answerTo(eventId, answers++);
    unsureAnswers.set(eventId, given);
    return given;
  };
  return {
    rigId,
    acknowledged,
    outcomes,
    objections,
    object: (sentence) => void objections.push(sentence),
    get unsure() {
      return [...unsure.values()];
    },
    get unsureAnswers() {
      return [...unsureAnswers.values()];
    },
    nextEvent() {
      const event = eventOf(rigId, placeOf(events++, spread), nowS - BACK_S);
      unsure.set(event.id, event);
      return event;
    },
    nextAnswer() {
      const eventId = ids[Math.floor(unitInterval(random) * ids.length)];
      if (eventId === undefined || unsureAnswers.has(eventId)) return undefined;
      return underWay(eventId);
    },
    answerTo: underWay,
    took(event, id) {
      unsure.delete(event.id);
      if (!acknowledged.has(id)) ids.push(id);
      acknowledged.set(id, canonicalDigest({ ...event, id }));
    },
    tookAnswer({ eventId, outcome }) {
      unsureAnswers.delete(eventId);
      outcomes.set(eventId, outcome);
    },
  };
}

interface Place {
  readonly nth: number;
  /** Events of one session are alike. */
  readonly session: number;
}

function placeOf(nth: number, spread: Spread): Place {
  return { nth, session: spread === "apart" ? nth : Math.floor(nth / TOGETHER) };
}

/** A real event under a new name, time and depth, with a short window: bodies are not what is tried here. */
function eventOf(rigId: string, { nth, session }: Place, fromS: number): FleetEvent {
  const like = fixtures[session % fixtures.length];
  if (like === undefined) throw new Error("there are no fixtures");
  const timestamp = fromS + nth * STEP_S;
  return {
    ...like,
    id: `${rigId}-${timestamp}`,
    rig_id: rigId,
    timestamp,
    depth: 5000 + (session % DEPTHS) * DEPTH_STEP_FT + (nth % TOGETHER),
    advisory: { ...like.advisory, timestamp },
    history_window: like.history_window.slice(-SNAPSHOTS),
    outcome: "Pending",
    notes: null,
  };
}

function answerTo(eventId: string, nth: number): Answer {
  const ticket_timestamp = Number(eventId.slice(eventId.lastIndexOf("-") + 1));
  const base = { ticket_timestamp, acknowledged_by: "driller" };
  const kinds: readonly Omit<Answer, "eventId">[] = [
    {
      acknowledgment: { ...base, action_taken: `circulated bottoms up, ${nth}` },
      outcome: { Resolved: { action_taken: `circulated bottoms up, ${nth}` } },
    },
    {
      acknowledgment: { ...base, action_taken: "escalated", notes: `to town, ${nth}` },
      outcome: { Escalated: { reason: `to town, ${nth}` } },
    },
    { acknowledgment: { ...base, action_taken: "dismissed" }, outcome: "FalsePositive" },
  ];
  const kind = kinds[nth % kinds.length];
  if (kind === undefined) throw new Error("there is no such answer");
  return { eventId, ...kind };
}
