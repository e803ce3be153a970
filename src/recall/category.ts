import { riskRank, VOTE_LEVELS, CATEGORIES, type Category } from "../wire/vocabulary.ts";
import type { FleetEvent, StrategicAdvisory, Vote } from "../wire/event.ts";
import { ADVICE_PHRASES, DYSFUNCTION_WORDS, wordedAs } from "./category-words.ts";
import { featureIndex, FEATURE_SCALE, MISSING, type FeatureName } from "./features.ts";
import { fingerprint } from "./fingerprint.ts";

export interface Categorised {
  readonly category: Category;
  /** True when the rig said nothing of the category and rules over its numbers gave it. */
  readonly inferred: boolean;
}

/** Rotation that alternates by about 8 % of its speed or more: what stick-slip shows at the surface. */
const RPM_OSCILLATION_STRONG = 0.63;
/** A pressure change of about 2 % that the flow does not explain. */
const RESISTANCE_CHANGED = 0.3;
/** About 117 units. */
const GAS_MUCH = 0.7;

/** The rig's own ticket category. Votes are its specialists' opinions, not the category: they only break silence. */
export function categorise(event: FleetEvent): Categorised {
  const { advisory } = event;
  const stated = advisory.category ?? tracedCategory(advisory) ?? advisedCategory(advisory);
  return stated === undefined
    ? { category: inferredCategory(event), inferred: true }
    : { category: stated, inferred: false };
}

/** Where a category comes from: the rig's field, its trace, the words of its advice, or rules over its numbers. */
export type CategoryBasis = "field" | "trace" | "advice" | "rules";

export function categoryBasis({ advisory }: FleetEvent): CategoryBasis {
  if ((advisory.category ?? undefined) !== undefined) return "field";
  if (tracedCategory(advisory) !== undefined) return "trace";
  return advisedCategory(advisory) === undefined ? "rules" : "advice";
}

/** `Created: INTERVENTION | Well Control | Trigger: …` */
function tracedCategory(advisory: StrategicAdvisory): Category | undefined {
  const created = (advisory.trace_log ?? []).filter(({ stage }) => stage === "TacticalCreation");
  const parts = new Set(created.flatMap(({ message }) => message.split("|").map((part) => part.replaceAll(/\s/g, ""))));
  return CATEGORIES.find((category) => parts.has(category));
}

function advisedCategory(advisory: StrategicAdvisory): Category | undefined {
  return (
    wordedAs(ADVICE_PHRASES, advisory.expected_benefit ?? "") ?? wordedAs(ADVICE_PHRASES, advisory.recommendation ?? "")
  );
}

function inferredCategory(event: FleetEvent): Category {
  const { advisory } = event;
  const dysfunctions = advisory.physics_report?.detected_dysfunctions ?? [];
  const named = wordedAs(DYSFUNCTION_WORDS, dysfunctions.join("\n"));
  if (named !== undefined) return named;
  if (votedAtLeast(advisory, "WellControl", "High")) return "WellControl";
  if (dysfunctions.length === 0) return riskRank(advisory.risk_level) >= riskRank("High") ? "WellControl" : "None";
  return categoryOfNumbers(event);
}

/** For a periodic summary, which names no trouble: tuned on the fixtures, in this order. */
function categoryOfNumbers(event: FleetEvent): Category {
  const { advisory } = event;
  const situation = fingerprint(event);
  if (votedAtLeast(advisory, "MSE", "High")) return "DrillingEfficiency";
  if (valueOf(situation, "rpm_osc") >= RPM_OSCILLATION_STRONG) return "Mechanical";
  if (votedAtLeast(advisory, "Hydraulic", "Medium")) return "Hydraulics";
  if (Math.abs(valueOf(situation, "resist")) >= RESISTANCE_CHANGED) return "Hydraulics";
  return valueOf(situation, "gas") >= GAS_MUCH ? "WellControl" : "None";
}

/** -1 … 1; 0, which is no sign of trouble, when missing. */
function valueOf(situation: Int8Array, name: FeatureName): number {
  const value = situation[featureIndex(name)] ?? MISSING;
  return value === MISSING ? 0 : value / FEATURE_SCALE;
}

function votedAtLeast(advisory: StrategicAdvisory, specialist: string, level: Vote["vote"]): boolean {
  const least = VOTE_LEVELS.indexOf(level);
  return (advisory.votes ?? []).some(
    (vote) => vote.specialist === specialist && VOTE_LEVELS.indexOf(vote.vote) >= least,
  );
}
