import type { OutcomeName, RiskLevel } from "../src/wire/vocabulary.ts";
import type { Markup } from "./jsx-runtime.ts";

export const ABSENT = "—";
const RISK_SHAPES: Readonly<Record<RiskLevel, string>> = { Low: "·", Elevated: "◇", High: "▲", Critical: "◆" };
const OUTCOME_SIGNS: Readonly<Record<OutcomeName, string>> = {
  Resolved: "✓",
  Escalated: "↑",
  FalsePositive: "✕",
  Pending: "…",
};

/** `12,345.6`; a dash when there is nothing, which is not zero. */
export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return ABSENT;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `71 %` of a share from 0 to 1. */
export function percent(share: number | null): string {
  return share === null ? ABSENT : `${number(share * 100)} %`;
}

/** `2026-02-09 14:02:10 UTC` of an ISO time. */
export function utc(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `8 s ago`, `3 h ago`, `in 2 d`: one unit is enough beside the exact time. */
export function age(iso: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(iso)) / 1000);
  const [size, unit] = unitOf(Math.abs(seconds));
  const count = Math.floor(Math.abs(seconds) / size);
  return seconds < 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

/** Word, shape and colour: the colour alone tells nobody who cannot see it. */
export function Risk({ level }: { readonly level: RiskLevel }): Markup {
  return (
    <span class={`risk risk-${level.toLowerCase()}`}>
      <span aria-hidden="true">{RISK_SHAPES[level]} </span>
      {level}
    </span>
  );
}

export function Outcome({ name }: { readonly name: OutcomeName }): Markup {
  return (
    <span class={`outcome outcome-${name.toLowerCase()}`}>
      <span aria-hidden="true">{OUTCOME_SIGNS[name]} </span>
      {name}
    </span>
  );
}

export function Time({ iso, nowMs }: { readonly iso: string | null; readonly nowMs: number }): Markup {
  if (iso === null) return <span>{ABSENT}</span>;
  return (
    <time datetime={iso}>
      {utc(iso)} <small>{age(iso, nowMs)}</small>
    </time>
  );
}

function unitOf(seconds: number): [number, string] {
  if (seconds < 60) return [1, "s"];
  if (seconds < 3600) return [60, "min"];
  return seconds < 48 * 3600 ? [3600, "h"] : [86_400, "d"];
}
