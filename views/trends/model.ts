import type { Campaign, Category, OutcomeName } from "../../src/wire/vocabulary.ts";
import type { Panel } from "../frame/model.ts";

export interface TrendsPage {
  readonly wish: {
    readonly days: number;
    readonly bucket: "day" | "week";
    readonly by: "category" | "risk_level";
    readonly category: string | undefined;
    readonly risk: string | undefined;
    readonly campaign: string | undefined;
  };
  readonly series: Panel<Series>;
  readonly depth: Panel<Depth>;
  readonly scatter: Panel<readonly Point[]>;
  readonly scatterMax: number;
}

export interface Series {
  readonly range: { readonly from: string; readonly to: string };
  readonly buckets: readonly string[];
  readonly counts: readonly { readonly bucket: string; readonly name: string; readonly count: number }[];
  readonly campaigns: readonly {
    readonly campaign: Campaign;
    readonly category: Category;
    readonly count: number;
  }[];
}

export interface Depth {
  /** First days of months, both included. */
  readonly months: { readonly from: string; readonly to: string };
  readonly counts: readonly {
    readonly band_ft: number;
    readonly category: Category;
    readonly outcome: OutcomeName;
    readonly count: number;
  }[];
}

export interface Point {
  readonly id: string;
  /** ISO 8601 */
  readonly timestamp: string;
  readonly depth_ft: number;
  readonly outcome: OutcomeName;
}
