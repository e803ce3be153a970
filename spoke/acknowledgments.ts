import { Type, type Static } from "typebox";
import { assert } from "../src/base/assert.ts";
import { Fault } from "../src/base/fault.ts";
import { isRecord, isStorable } from "../src/base/json.ts";
import { MIB } from "../src/base/limits.ts";
import { schema } from "../src/base/schema.ts";
import { GIVEN_BY_MAX } from "../src/wire/outcome.ts";
import type { AcknowledgmentRecord } from "./api/acknowledge-form.ts";
import type { SpokeContext } from "./context.ts";
import { isKeepable, outcomeOfAcknowledgment, type OutcomeWords } from "./outcomes.ts";
import type { Queue } from "./queue/queue.ts";

export interface Recorded {
  /** `no_outcome`: nothing was said that changes anything. */
  readonly status: "recorded" | "unchanged" | "superseded" | "no_outcome";
  /** Events of that advisory; none when it has not come yet. */
  readonly eventIds: readonly string[];
}

/**
 * Finds the events by the advisory's time: several may share it, and it may be told of before its event comes. The
 * newest wins; the same one again changes nothing. `saidNow`: it is newer than all before it, whatever the clock shows.
 */
export function recordAcknowledgment(
  queue: Queue,
  words: OutcomeWords,
  record: AcknowledgmentRecord,
  saidNow = false,
): Recorded {
  const patch = outcomeOfAcknowledgment(record, words);
  if (patch === undefined) return { status: "no_outcome", eventIds: [] };
  return queue.recordOutcome({
    ticketTimestamp: record.ticket_timestamp,
    acknowledgedAt: record.acknowledged_at,
    saidNow,
    patch: { ...patch, ...giverOf(record) },
  });
}

/** Who and when, for the hub's timeline, as far as they are told. */
function giverOf({ acknowledged_by: by, acknowledged_at: at }: AcknowledgmentRecord) {
  const known = by.trim() !== "" && by.length <= GIVEN_BY_MAX && isStorable(by);
  return { ...(known ? { given_by: by } : {}), ...(at > 0 ? { given_at: at } : {}) };
}

export interface PollSummary {
  readonly records: number;
  /** Advisories whose outcome is new. */
  readonly recorded: number;
  /** Entries that are no acknowledgment. */
  readonly unreadable: number;
}

export interface AcknowledgmentPoller {
  /** Faults: `unavailable` and `timeout` when the rig software does not answer, or not with a list. */
  pollOnce(): Promise<PollSummary>;
  /** Until the signal; logs when the rig software goes and when it is back. */
  run(signal: AbortSignal): Promise<void>;
}

export const POLL_EVERY_MS = 15_000;
const POLL_DEADLINE_MS = 10_000;
/** A thousand records with notes of a page each. */
const LIST_MAX_BYTES = 8 * MIB;

/** Asks the rig software at `sairen_url`, which must be set, for its list of acknowledgments. */
export function createAcknowledgmentPoller(context: SpokeContext, queue: Queue): AcknowledgmentPoller {
  const { sairen_url: sairenUrl } = context.settings;
  assert(sairenUrl !== undefined, "who polls has an address to ask");
  const list = createListReader(queue, context.settings);
  const pollOnce = async (): Promise<PollSummary> => list.take(await fetchList(context, sairenUrl));
  return {
    pollOnce,
    async run(signal) {
      const report = createReport(context);
      while (!signal.aborted) {
        await report.around(pollOnce);
        await context.clock.sleep(POLL_EVERY_MS, signal);
      }
    },
  };
}

/** Nothing of ours goes along: the key is the hub's alone. */
async function fetchList({ net }: SpokeContext, sairenUrl: string): Promise<unknown[]> {
  const url = `${sairenUrl}/api/v1/advisory/acknowledgments`;
  const headers = { Accept: "application/json", "Accept-Encoding": "identity" };
  const reply = await net.send({ method: "GET", url, headers, maxReplyBytes: LIST_MAX_BYTES }, POLL_DEADLINE_MS);
  const list = reply.status === 200 ? listOf(reply.body) : undefined;
  if (list === undefined) throw new Fault("unavailable", `the rig software answers ${reply.status} without a list`);
  return list;
}

/** Later versions of the rig software wrap the list. */
function listOf(body: Uint8Array): unknown[] | undefined {
  const value = valueOf(body);
  if (Array.isArray(value)) return value;
  const wrapped = isRecord(value) ? [value["data"], value["acknowledgments"]].find(Array.isArray) : undefined;
  return wrapped;
}

function valueOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** Looser than what is taken from a driller: the rig software has checked it, and an older one may leave fields out. */
const ListedJson = Type.Object({
  ticket_timestamp: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  acknowledged_by: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  acknowledged_at: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  notes: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  action_taken: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
const listedSchema = schema("acknowledgment", ListedJson);

function recordOf(listed: Static<typeof ListedJson>): AcknowledgmentRecord {
  return {
    ticket_timestamp: listed.ticket_timestamp,
    acknowledged_by: listed.acknowledged_by ?? "",
    acknowledged_at: secondsOf(listed.acknowledged_at),
    notes: listed.notes ?? "",
    action_taken: listed.action_taken ?? "",
  };
}

/** 0 for what is no time: any other acknowledgment of that advisory is newer then. */
function secondsOf(value: number | null | undefined): number {
  const seconds = Math.floor(value ?? 0);
  return Number.isSafeInteger(seconds) ? seconds : 0;
}

interface ListReader {
  take(list: readonly unknown[]): PollSummary;
}

/** The list comes whole each time: what stood in the last one is passed over, before the queue's file is asked. */
function createListReader(queue: Queue, words: OutcomeWords): ListReader {
  let seen = new Set<string>();
  return {
    take(list) {
      const records = list.flatMap((entry) => (listedSchema.is(entry) ? [recordOf(entry)] : [])).filter(isKeepable);
      const newest = [...newestOfEach(records, words)];
      const fresh = newest.filter((record) => !seen.has(JSON.stringify(record)));
      const statuses = fresh.map((record) => recordAcknowledgment(queue, words, record).status);
      seen = new Set(newest.map((record) => JSON.stringify(record)));
      const recorded = statuses.filter((status) => status === "recorded").length;
      return { records: records.length, recorded, unreadable: list.length - records.length };
    },
  };
}

/**
 * One an advisory, or two drillers who acknowledged in one second would take turns at every poll. The list is in
 * order of arrival; an acknowledgment that says less never hides one that says more.
 */
function newestOfEach(records: readonly AcknowledgmentRecord[], words: OutcomeWords): Iterable<AcknowledgmentRecord> {
  const newest = new Map<number, AcknowledgmentRecord>();
  for (const record of records) {
    const known = newest.get(record.ticket_timestamp);
    if (known === undefined || replaces(record, known, words)) newest.set(record.ticket_timestamp, record);
  }
  return newest.values();
}

function replaces(record: AcknowledgmentRecord, known: AcknowledgmentRecord, words: OutcomeWords): boolean {
  const says = weightOf(record, words);
  const said = weightOf(known, words);
  if (says !== said && Math.min(says, said) < DECIDED) return says > said;
  return record.acknowledged_at >= known.acknowledged_at;
}

const DECIDED = 2;

/** 0 nothing, 1 notes alone, 2 an outcome. */
function weightOf(record: AcknowledgmentRecord, words: OutcomeWords): number {
  const outcome = outcomeOfAcknowledgment(record, words)?.outcome;
  if (outcome === undefined) return 0;
  return outcome === "Pending" ? 1 : DECIDED;
}

interface Report {
  around(poll: () => Promise<PollSummary>): Promise<void>;
}

/** The rig software restarts now and then: each change is worth a line, each poll is not. */
function createReport({ log }: SpokeContext): Report {
  let problem: string | undefined;
  return {
    async around(poll) {
      try {
        const summary = await poll();
        if (problem !== undefined) log.info("acknowledgments.resumed");
        if (summary.recorded > 0) log.info("acknowledgments.recorded", { ...summary });
        problem = undefined;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        if (problem !== error.message) log.warn("acknowledgments.unreachable", { reason: error.message });
        problem = error.message;
      }
    },
  };
}
