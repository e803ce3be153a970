import { parseQueueReport, type QueueReport } from "../wire/queue-report.ts";
import { HEADERS } from "../wire/protocol.ts";

/** What a rig tells of itself beside what it sends. */
export interface RigHeaders {
  readonly rigTimeMs?: number;
  readonly queuedAtMs?: number;
  readonly droppedEvents?: number;
  readonly queue?: QueueReport;
}

/** What is absent or nonsense is left out: a header is never a reason to refuse an event or the library. */
export function readRigHeaders({ headers }: Request): RigHeaders {
  return {
    ...given("rigTimeMs", wholeNumber(headers.get(HEADERS.rigTime), 15)),
    ...given("queuedAtMs", wholeNumber(headers.get(HEADERS.eventQueued), 15)),
    ...given("droppedEvents", wholeNumber(headers.get(HEADERS.droppedEvents), 9)),
    ...given("queue", parseQueueReport(headers.get(HEADERS.queue))),
  };
}

export function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

function wholeNumber(text: string | null, digitsMax: number): number | undefined {
  return text !== null && text.length <= digitsMax && /^\d+$/.test(text) ? Number(text) : undefined;
}
