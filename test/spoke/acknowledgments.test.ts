import { expect, test } from "bun:test";
import { Fault } from "../../src/base/fault.ts";
import type { OutcomePatch } from "../../src/wire/outcome.ts";
import { acknowledgmentRecord, type AcknowledgmentRecord } from "../../spoke/api/acknowledge-form.ts";
import { createAcknowledgmentPoller, POLL_EVERY_MS, recordAcknowledgment } from "../../spoke/acknowledgments.ts";
import { createShown, SHOWN_EVENTS_MAX } from "../../spoke/queue/shown.ts";
import type { Queue } from "../../spoke/queue/queue.ts";
import { fixtureBytes } from "../support/fixtures.ts";
import { recordingLog } from "../support/recording-log.ts";
import { rejection } from "../support/rejection.ts";
import { rigContext } from "../support/rig.ts";
import { drained, eventBytes, rigQueue } from "../support/rig-queue.ts";
import { htmlReply, jsonReply, scriptedNet } from "../support/scripted-net.ts";

const { settings } = rigContext();

interface Recorded {
  readonly request: unknown;
  readonly status: number;
  readonly response: { readonly record: AcknowledgmentRecord };
}

const RECORDED = JSON.parse(new TextDecoder().decode(fixtureBytes("acknowledge.json"))) as Recorded[];

function record(overrides: Partial<AcknowledgmentRecord> = {}): AcknowledgmentRecord {
  const plain = {
    ticket_timestamp: 100,
    acknowledged_by: "driller",
    acknowledged_at: 1000,
    notes: "",
    action_taken: "shut_in",
  };
  return { ...plain, ...overrides };
}

/** Every outcome that would be sent now; all of them are taken then. */
function outcomes(queue: Queue): Record<string, OutcomePatch["outcome"]> {
  const sent: Record<string, OutcomePatch["outcome"]> = {};
  for (let next = queue.nextOutcome(); next !== undefined; next = queue.nextOutcome()) {
    sent[next.eventId] = next.patch.outcome;
    queue.markOutcomeSent(next);
  }
  return sent;
}

function sentEvents(queue: Queue, ...timestamps: number[]): void {
  for (const timestamp of timestamps) queue.enqueue(eventBytes({ timestamp }));
  drained(queue);
}

test("what the rig software answered to each recorded request is what we make of it", () => {
  for (const { request, status, response } of RECORDED) {
    if (status === 200) {
      expect(acknowledgmentRecord(request, response.record.acknowledged_at)).toEqual(response.record);
    } else {
      expect(() => acknowledgmentRecord(request, 0)).toThrow("the acknowledgment does not fit");
    }
  }
});

test("an outcome tells who gave it and when, and the same one by somebody else is no new one", () => {
  const { queue } = rigQueue();
  sentEvents(queue, 100);
  recordAcknowledgment(queue, settings, record({ acknowledged_by: "K. Driller", acknowledged_at: 1000 }));
  const given = { given_by: "K. Driller", given_at: 1000 };
  expect(queue.nextOutcome()?.patch).toMatchObject({ outcome: "Resolved", ...given });
  const again = record({ acknowledged_by: "B. Pusher", acknowledged_at: 2000 });
  expect(recordAcknowledgment(queue, settings, again).status).toBe("unchanged");
  expect(queue.nextOutcome()?.patch).toMatchObject(given);
});

test("an outcome whose giver is not known goes with three keys alone", () => {
  const { queue } = rigQueue();
  sentEvents(queue, 100, 200);
  recordAcknowledgment(queue, settings, record({ acknowledged_by: " ", acknowledged_at: 0 }));
  recordAcknowledgment(
    queue,
    settings,
    record({ ticket_timestamp: 200, acknowledged_by: "n".repeat(201), acknowledged_at: 0 }),
  );
  for (let next = queue.nextOutcome(); next !== undefined; next = queue.nextOutcome()) {
    expect(Object.keys(next.patch)).toEqual(["outcome", "action_taken", "notes"]);
    queue.markOutcomeSent(next);
  }
});

test("an outcome takes along what recall had named for its event, and one for nothing shown does not", () => {
  const { queue } = rigQueue();
  sentEvents(queue, 100, 200);
  queue.noteShown("RIG-1-100", ["A-1-episode"]);
  queue.noteShown(
    "RIG-1-100",
    ["1", "2", "3", "4", "5", "6"].map((n) => `B-${n}-episode`),
  );
  queue.noteShown("RIG-1-200", ["A-1-episode"]);
  queue.noteShown("RIG-1-200", []);
  recordAcknowledgment(queue, settings, record());
  recordAcknowledgment(queue, settings, record({ ticket_timestamp: 200 }));
  const first = queue.nextOutcome();
  expect(first?.patch.precedents).toEqual(["1", "2", "3", "4", "5"].map((n) => `B-${n}-episode`));
  if (first !== undefined) queue.markOutcomeSent(first);
  expect(queue.nextOutcome()).toMatchObject({ eventId: "RIG-1-200" });
  expect(queue.nextOutcome()?.patch).not.toHaveProperty("precedents");
  queue.noteShown("RIG-1-100", ["C-1-episode"]);
  expect(recordAcknowledgment(queue, settings, record({ acknowledged_at: 9000 })).status).toBe("unchanged");
});

test("of very many events the newest are remembered", () => {
  const shown = createShown();
  for (let at = 0; at <= SHOWN_EVENTS_MAX; at++) shown.note(`RIG-1-${at}`, ["A-1-episode"]);
  expect(shown.of("RIG-1-0")).toEqual([]);
  expect(shown.of("RIG-1-1")).toEqual(["A-1-episode"]);
});

test("an outcome waits until the hub has its event", () => {
  const { queue } = rigQueue();
  queue.enqueue(eventBytes({ timestamp: 100 }));
  expect(recordAcknowledgment(queue, settings, record())).toEqual({ status: "recorded", eventIds: ["RIG-1-100"] });
  expect(queue.nextOutcome()).toBeUndefined();
  expect(queue.status().outcomes_pending).toBe(1);
  drained(queue);
  expect(outcomes(queue)).toEqual({ "RIG-1-100": "Resolved" });
});

test("defect 20: an acknowledgment before its event is kept, also over a restart, and goes with it", () => {
  const rig = rigQueue();
  expect(recordAcknowledgment(rig.queue, settings, record())).toEqual({ status: "recorded", eventIds: [] });
  const queue = rig.reopen();
  sentEvents(queue, 99, 100);
  expect(outcomes(queue)).toEqual({ "RIG-1-100": "Resolved" });
});

test("the event is found by its advisory's time, whatever its own is", () => {
  const { queue } = rigQueue();
  queue.enqueue(eventBytes({ timestamp: 777, advisory: { timestamp: 100 } }));
  drained(queue);
  recordAcknowledgment(queue, settings, record());
  expect(outcomes(queue)).toEqual({ "RIG-1-100": "Resolved" });
});

test("events that share the advisory's second all get its outcome", () => {
  const { queue } = rigQueue();
  queue.enqueue(eventBytes({ timestamp: 100 }));
  queue.enqueue(eventBytes({ timestamp: 100, advisory: { recommendation: "another" } }));
  drained(queue);
  recordAcknowledgment(queue, settings, record());
  expect(outcomes(queue)).toEqual({ "RIG-1-100": "Resolved", "RIG-1-100-2": "Resolved" });
});

test("the same acknowledgment again sends nothing again, a later one replaces it, an older one does not", () => {
  const { queue } = rigQueue();
  sentEvents(queue, 100);
  recordAcknowledgment(queue, settings, record());
  expect(outcomes(queue)).toEqual({ "RIG-1-100": "Resolved" });
  expect(recordAcknowledgment(queue, settings, record({ acknowledged_at: 2000 })).status).toBe("unchanged");
  expect(outcomes(queue)).toEqual({});
  const later = record({ acknowledged_at: 3000, action_taken: "false alarm" });
  expect(recordAcknowledgment(queue, settings, later).status).toBe("recorded");
  expect(outcomes(queue)).toEqual({ "RIG-1-100": "FalsePositive" });
  const older = record({ acknowledged_at: 500, action_taken: "escalated" });
  expect(recordAcknowledgment(queue, settings, older).status).toBe("superseded");
  expect(outcomes(queue)).toEqual({});
});

test("what is said now is the last word, though the rig's clock was set back meanwhile", () => {
  const { queue } = rigQueue();
  sentEvents(queue, 100);
  recordAcknowledgment(queue, settings, record({ acknowledged_at: 5000 }), true);
  drained(queue);
  const before = record({ acknowledged_at: 2000, action_taken: "false alarm" });
  expect(recordAcknowledgment(queue, settings, before, true).status).toBe("recorded");
  expect(queue.nextOutcome()?.patch).toMatchObject({ outcome: "FalsePositive", given_at: 5001 });
  expect(recordAcknowledgment(queue, settings, record({ acknowledged_at: 5000 })).status).toBe("superseded");
});

test("an acknowledgment that says nothing, or notes alone, takes no outcome back", () => {
  const { queue } = rigQueue();
  sentEvents(queue, 100, 101);
  recordAcknowledgment(queue, settings, record());
  expect(recordAcknowledgment(queue, settings, record({ acknowledged_at: 2000, action_taken: "" })).status).toBe(
    "no_outcome",
  );
  const notes = { acknowledged_at: 3000, action_taken: "", notes: "pumps back on" };
  expect(recordAcknowledgment(queue, settings, record(notes)).status).toBe("superseded");
  expect(recordAcknowledgment(queue, settings, record({ ...notes, ticket_timestamp: 101 })).status).toBe("recorded");
  expect(outcomes(queue)).toEqual({ "RIG-1-100": "Resolved", "RIG-1-101": "Pending" });
});

test("a damaged outcome is set apart and reported, and the others go", () => {
  const rig = rigQueue();
  sentEvents(rig.queue, 100, 101);
  for (const ticket_timestamp of [100, 101]) recordAcknowledgment(rig.queue, settings, record({ ticket_timestamp }));
  rig.damage("update outcomes set patch = '{\"outcome\":\"FalsePositive\"}' where event_id = 'RIG-1-100'");
  expect(outcomes(rig.queue)).toEqual({ "RIG-1-101": "Resolved" });
  expect(rig.queue.status().corrupt).toBe(1);
});

const SAIREN = "http://127.0.0.1:8080";

function poller(list: unknown): {
  queue: Queue;
  net: ReturnType<typeof scriptedNet>;
  poll: ReturnType<typeof createAcknowledgmentPoller>;
} {
  const net = scriptedNet(() => jsonReply(200, list));
  const { queue } = rigQueue();
  return { queue, net, poll: createAcknowledgmentPoller(rigContext({ net, settings: { sairen_url: SAIREN } }), queue) };
}

test("the rig's list is taken once, however often it is asked for, and never sees the key", async () => {
  const list = RECORDED.filter(({ status }) => status === 200).map(({ response }) => response.record);
  const { queue, net, poll } = poller(list);
  sentEvents(queue, 1_794_187_658, 1_794_241_444, 1_794_714_843);
  expect(await poll.pollOnce()).toEqual({ records: list.length, recorded: 7, unreadable: 0 });
  expect(outcomes(queue)).toEqual({
    "RIG-1-1794187658": "Resolved",
    "RIG-1-1794241444": "FalsePositive",
    "RIG-1-1794714843": "Resolved",
  });
  expect(await poll.pollOnce()).toMatchObject({ recorded: 0 });
  expect(outcomes(queue)).toEqual({});
  expect(net.requests[0]?.url).toBe(`${SAIREN}/api/v1/advisory/acknowledgments`);
  expect(JSON.stringify(net.requests)).not.toContain("sk-fleet-");
});

test("two who acknowledge in one second do not take turns", async () => {
  const { queue, poll } = poller([record({ action_taken: "monitored" }), record({ action_taken: "escalated" })]);
  sentEvents(queue, 100);
  await poll.pollOnce();
  expect(outcomes(queue)).toEqual({ "RIG-1-100": "Escalated" });
  const restarted = createAcknowledgmentPoller(
    rigContext({
      net: scriptedNet(() =>
        jsonReply(200, [record({ action_taken: "monitored" }), record({ action_taken: "escalated" })]),
      ),
      settings: { sairen_url: SAIREN },
    }),
    queue,
  );
  expect(await restarted.pollOnce()).toMatchObject({ recorded: 0 });
  expect(outcomes(queue)).toEqual({});
});

test("missing and empty fields are taken, what is no acknowledgment is counted, a wrapped list is unwrapped", async () => {
  const entries = [
    { ticket_timestamp: 100, action_taken: "shut_in" },
    {
      ticket_timestamp: 101,
      acknowledged_by: null,
      acknowledged_at: null,
      notes: null,
      action_taken: "shut_in",
      more: 1,
    },
    { ticket_timestamp: "102", action_taken: "shut_in" },
    { ticket_timestamp: 103, action_taken: "half a surrogate \uD800" },
    "nonsense",
  ];
  for (const list of [entries, { data: entries }, { acknowledgments: entries }]) {
    expect(await poller(list).poll.pollOnce()).toEqual({ records: 2, recorded: 2, unreadable: 3 });
  }
});

test("a rig software that does not answer, or not with a list, is a fault of its own and ends nothing", async () => {
  const { poll, net } = poller([]);
  for (const answer of [
    htmlReply(200),
    htmlReply(404),
    jsonReply(200, { error: "no" }),
    new Fault("timeout", "late"),
  ]) {
    net.answer = () => answer;
    expect(await rejection(poll.pollOnce())).toBeInstanceOf(Fault);
  }
});

test("the list is asked for again and again, and each change of the rig software's state is logged once", async () => {
  const log = recordingLog();
  const net = scriptedNet(() => new Fault("unavailable", "nothing listens"));
  const context = rigContext({ net, log, settings: { sairen_url: SAIREN } });
  const { queue } = rigQueue();
  const stop = new AbortController();
  const done = createAcknowledgmentPoller(context, queue).run(stop.signal);
  const asleep = async (): Promise<void> => {
    for (let turn = 0; turn < 1000 && context.clock.sleepers === 0; turn++) await Promise.resolve();
  };
  for (let poll = 0; poll < 4; poll++) {
    await asleep();
    if (poll === 2) net.answer = () => jsonReply(200, [record()]);
    context.clock.advance(POLL_EVERY_MS);
  }
  await asleep();
  expect(net.requests).toHaveLength(5);
  expect(log.events).toEqual(["acknowledgments.unreachable", "acknowledgments.resumed", "acknowledgments.recorded"]);
  stop.abort();
  await done;
});
