import type { OutcomeName, RiskLevel } from "../../src/wire/vocabulary.ts";
import type { Markup } from "../jsx-runtime.ts";

const RISK_SHAPES: Readonly<Record<RiskLevel, string>> = { Low: "·", Elevated: "◇", High: "▲", Critical: "◆" };
const OUTCOME_SIGNS: Readonly<Record<OutcomeName, string>> = {
  Resolved: "✓",
  Escalated: "↑",
  FalsePositive: "✕",
  Pending: "…",
};

/** Word, shape and colour: the colour alone tells nobody who cannot see it. */
export function Risk({ level, word = true }: { readonly level: RiskLevel; readonly word?: boolean }): Markup {
  const kind = `risk risk-${level.toLowerCase()}`;
  if (word) return <Badge sign={RISK_SHAPES[level]} word={level} kind={kind} />;
  return (
    <span class={kind}>
      <span aria-hidden="true">{RISK_SHAPES[level]}</span>
      <span class="unseen">{`${level}: `}</span>
    </span>
  );
}

export function Outcome({ name }: { readonly name: OutcomeName }): Markup {
  return <Badge sign={OUTCOME_SIGNS[name]} word={name} kind={`outcome outcome-${name.toLowerCase()}`} />;
}

interface BadgeProps {
  readonly sign: string;
  readonly word: string;
  /** Classes. */
  readonly kind: string;
}

export function Badge({ sign, word, kind }: BadgeProps): Markup {
  return (
    <span class={kind}>
      <span aria-hidden="true">{sign} </span>
      {word}
    </span>
  );
}
