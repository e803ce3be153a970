import { UPLOADED_RISKS, type RiskLevel } from "./vocabulary.ts";

/** What still waits on a rig, as it tells beside what it sends. */
export interface QueueReport {
  readonly events: number;
  /** Unix s by the rig's clock: since when the oldest waits. Null when nothing does. */
  readonly oldest: number | null;
  readonly worst: RiskLevel | null;
}

/** As the header carries it: `events=3; oldest=1794187658; worst=High`, or `events=0`. */
export function formatQueueReport({ events, oldest, worst }: QueueReport): string {
  return oldest === null || worst === null ? "events=0" : `events=${events}; oldest=${oldest}; worst=${worst}`;
}

const EMPTY = "events=0";
/** As many digits as fit the columns they go to. */
const FULL = new RegExp(`^events=([1-9]\\d{0,6}); oldest=(\\d{1,10}); worst=(${UPLOADED_RISKS.join("|")})$`);

/** Undefined for what is absent or anything else: a header is never a reason to refuse what it came with. */
export function parseQueueReport(text: string | null): QueueReport | undefined {
  if (text === EMPTY) return { events: 0, oldest: null, worst: null };
  const [, events, oldest, risk] = FULL.exec(text ?? "") ?? [];
  const worst = UPLOADED_RISKS.find((name) => name === risk);
  return worst === undefined ? undefined : { events: Number(events), oldest: Number(oldest), worst };
}
