import type { Campaign, Category, OutcomeName, RiskLevel, Severity } from "../../src/wire/vocabulary.ts";

export interface EventLine {
  readonly id: string;
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  /** IANA name. */
  readonly time_zone: string;
  readonly campaign: Campaign;
  readonly risk_level: RiskLevel;
  readonly severity: Severity;
  readonly category: Category;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly depth_ft: number;
  readonly timestamp: string;
  readonly received_at: string;
  readonly late: boolean;
  readonly held: boolean;
  readonly episode_id: string | null;
  /** It went into the episode of another event. */
  readonly duplicate: boolean;
}

/** How long an event may be without an answer before the filter shows it. */
export const WAITING = ["1 h", "6 h", "24 h", "7 d"] as const;
export type Waiting = (typeof WAITING)[number];

/** As the address has it. */
export interface EventsFilter {
  readonly rig?: string | undefined;
  readonly well?: string | undefined;
  readonly field?: string | undefined;
  readonly category?: Category | undefined;
  readonly risk?: RiskLevel | undefined;
  readonly outcome?: OutcomeName | undefined;
  readonly campaign?: Campaign | undefined;
  readonly depth_from?: number | undefined;
  readonly depth_to?: number | undefined;
  /** UTC days, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly waiting?: Waiting | undefined;
  readonly late?: boolean | undefined;
  readonly held?: boolean | undefined;
  /** Whole words of action and notes. */
  readonly q?: string | undefined;
  /** The action is these words and no other. */
  readonly alone?: boolean | undefined;
}

export const FILTER_NAMES = [
  "q",
  "alone",
  "rig",
  "well",
  "field",
  "category",
  "risk",
  "outcome",
  "campaign",
  "depth_from",
  "depth_to",
  "from",
  "to",
  "waiting",
  "late",
  "held",
] as const satisfies readonly (keyof EventsFilter)[];

export interface EventsPage {
  readonly filter: EventsFilter;
  readonly sort: "time" | "-time";
  readonly size: number;
  readonly events: readonly EventLine[];
  readonly next: string | null;
  /** The search ended here to stay quick, and `next` goes on; null when it did not. */
  readonly searched_to: string | null;
  /** Undefined where counting would cost more than the page. */
  readonly total: { readonly matches: number; readonly exact: boolean } | undefined;
  /** Of all rigs. */
  readonly fields: readonly string[];
}

/** What is set, in words: `category WellControl`. */
export function filterWords(filter: EventsFilter): [name: string, value: string][] {
  const { alone, depth_from, depth_to, late, held, waiting } = filter;
  const { q, rig, well, field, category, risk, outcome, campaign, from, to } = filter;
  const words = {
    text: q,
    "action of these words": alone === true ? "only" : undefined,
    rig,
    well,
    field,
    category,
    risk,
    outcome,
    campaign,
    "depth from, ft": depth_from?.toString(),
    "depth to, ft": depth_to?.toString(),
    "from day": from,
    "to day": to,
    "Pending for over": waiting,
    late: late === true ? "only" : undefined,
    "held back": held === true ? "only" : undefined,
  };
  return Object.entries(words).filter((entry): entry is [string, string] => entry[1] !== undefined);
}
