/** The words of the contract, spelled as the rig software spells them. Order is meaning: least first. */
export const CAMPAIGNS = ["Production", "PlugAbandonment"] as const;
export const RISK_LEVELS = ["Low", "Elevated", "High", "Critical"] as const;
/** What leaves a rig, least first. */
export const UPLOADED_RISKS = ["Elevated", "High", "Critical"] as const;
export const SEVERITIES = ["Healthy", "Low", "Medium", "High", "Critical"] as const;
export const VOTE_LEVELS = ["Low", "Medium", "High", "Critical"] as const;
export const CATEGORIES = [
  "None",
  "DrillingEfficiency",
  "Hydraulics",
  "WellControl",
  "Mechanical",
  "Formation",
] as const;
export const TRACE_STATUSES = ["Passed", "Failed", "Inconclusive", "Info"] as const;
/** Worst first: the best one of an episode's events is the episode's. */
export const OUTCOME_NAMES = ["FalsePositive", "Pending", "Escalated", "Resolved"] as const;
export const RIG_STATUSES = ["active", "inactive", "revoked"] as const;

export type Campaign = (typeof CAMPAIGNS)[number];
export type RiskLevel = (typeof RISK_LEVELS)[number];
export type Severity = (typeof SEVERITIES)[number];
export type Category = (typeof CATEGORIES)[number];
export type OutcomeName = (typeof OUTCOME_NAMES)[number];
export type RigStatus = (typeof RIG_STATUSES)[number];

/** 0 for Low … 3 for Critical. */
export function riskRank(risk: RiskLevel): number {
  return RISK_LEVELS.indexOf(risk);
}

/** 0 for FalsePositive … 3 for Resolved. */
export function outcomeRank(outcome: OutcomeName): number {
  return OUTCOME_NAMES.indexOf(outcome);
}
