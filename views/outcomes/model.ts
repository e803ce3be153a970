import type { OutcomeName } from "../../src/wire/vocabulary.ts";

export interface Shares {
  readonly total: number;
  readonly pending: number;
  readonly outcome_breakdown: readonly { readonly outcome: OutcomeName; readonly count: number }[];
  /** 0 to 1; null without events. */
  readonly resolution_rate: number | null;
  readonly answered_resolution_rate: number | null;
}

export interface Breakdown extends Shares {
  readonly name: string;
}

export interface ActionLine {
  readonly action_taken: string;
  readonly tried: number;
  readonly resolved: number;
  /** 95 %; null where there are too few cases. */
  readonly interval: readonly [low: number, high: number] | null;
}

export interface OutcomesPage extends Shares {
  readonly filter: {
    readonly days: { readonly from: string; readonly to: string };
    readonly category?: string | undefined;
    readonly risk?: string | undefined;
    readonly campaign?: string | undefined;
    readonly rig?: string | undefined;
    readonly depthFromFt?: number | undefined;
    readonly depthToFt?: number | undefined;
  };
  readonly capped: boolean;
  readonly countedMax: number;
  readonly answersMax: number;
  readonly casesMin: number;
  readonly byRigDaysMax: number;
  readonly actions: readonly ActionLine[];
  readonly times: {
    readonly answered: number;
    readonly average_s: number | null;
    readonly median_s: number | null;
    readonly p90_s: number | null;
    readonly worst_s: number | null;
  };
  readonly by_category: readonly Breakdown[];
  readonly by_risk: readonly Breakdown[];
  readonly by_campaign: readonly Breakdown[];
  readonly by_rig: readonly Breakdown[] | null;
}
