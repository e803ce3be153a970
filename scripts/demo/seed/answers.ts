import type { Random } from "../../../src/base/random.ts";
import { outcomeColumns } from "../../../src/wire/outcome.ts";
import type { Category, OutcomeName, RiskLevel } from "../../../src/wire/vocabulary.ts";
import { readDemoAnswers, type DemoAnswer } from "../fixtures.ts";
import { between, happens, pick, weighted } from "./chance.ts";
import { HOUR_MS, MINUTE_MS } from "./times.ts";

/** What the driller said, as columns of the event hold it, and when the hub heard it. */
export interface Answer {
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly atMs: number;
}

export interface Question {
  readonly category: Category;
  readonly risk: RiskLevel;
  /** When the hub had the event. */
  readonly receivedMs: number;
  readonly nowMs: number;
  /** Of the rig: 1 is as the others. */
  readonly diligence: number;
  readonly doubt: number;
  /** Nobody answers each of fifty advisories of one trouble. */
  readonly lone: boolean;
}

/** A Critical is answered more often, and sooner. */
const ANSWERED: Readonly<Record<RiskLevel, number>> = { Low: 0, Elevated: 0.35, High: 0.55, Critical: 0.8 };
const IN_A_ROW = 0.4;
const TYPICAL_MS: Readonly<Record<RiskLevel, number>> = {
  Low: 0,
  Elevated: 3 * HOUR_MS,
  High: 50 * MINUTE_MS,
  Critical: 18 * MINUTE_MS,
};
const OUTCOMES = { Resolved: 68, Escalated: 13, FalsePositive: 19 } as const;
/** An answer that comes weeks later is rare; none comes before the event. */
const SPREAD = { least: 0.2, most: 3, slow: 0.04, slowFactor: 60 };
const ESCALATED_FIRST = 0.1;

/** Texts of the fixtures, by category and outcome; a category without one of a kind borrows. */
export class Drillers {
  private readonly answers: readonly DemoAnswer[] = readDemoAnswers();

  /** In order of time, none where nobody answered; the last one holds. */
  reply(random: Random, question: Question): Answer[] {
    const { risk, receivedMs, nowMs, diligence, doubt, lone } = question;
    const share = ANSWERED[risk] * diligence * (lone ? 1 : IN_A_ROW);
    if (!happens(random, Math.min(0.97, share))) return [];
    const outcome = weighted(random, { ...OUTCOMES, FalsePositive: OUTCOMES.FalsePositive * doubt });
    const atMs = receivedMs + delayMs(random, risk);
    const last = this.answer(random, question.category, outcome, atMs);
    const first = happens(random, ESCALATED_FIRST) && outcome === "Resolved";
    const before = this.answer(random, question.category, "Escalated", receivedMs + (atMs - receivedMs) / 3);
    return (first ? [before, last] : [last]).filter((answer) => answer.atMs < nowMs);
  }

  private answer(random: Random, category: Category, outcome: OutcomeName, atMs: number): Answer {
    const fit = this.answers.filter((one) => outcomeColumns(one.outcome).outcome === outcome);
    const own = fit.filter((one) => one.category === category);
    const { outcome: said, notes } = pick(random, own.length > 0 ? own : fit);
    const { action_taken } = outcomeColumns(said);
    const at = Math.floor(atMs);
    return {
      outcome,
      action_taken: retyped(random, action_taken),
      notes: happens(random, 0.5) ? notes : null,
      atMs: at,
    };
  }
}

function delayMs(random: Random, risk: RiskLevel): number {
  const slow = happens(random, SPREAD.slow) ? SPREAD.slowFactor : 1;
  return TYPICAL_MS[risk] * between(random, SPREAD.least, SPREAD.most) * slow;
}

/** The same words as another crew types them: what counts actions has to see through it. */
function retyped(random: Random, text: string | null): string | null {
  if (text === null || happens(random, 0.7)) return text;
  const way = weighted(random, { lower: 4, stop: 3, spaced: 2 });
  if (way === "lower") return text.toLowerCase();
  return way === "stop" ? `${text}.` : text.replace(", ", ",  ");
}
