import { expect, test } from "bun:test";
import { formatQueueReport, parseQueueReport, type QueueReport } from "../../../src/wire/queue-report.ts";

test("a report comes back as it was told", () => {
  const reports: QueueReport[] = [
    { events: 0, oldest: null, worst: null },
    { events: 1, oldest: 0, worst: "Elevated" },
    { events: 9_999_999, oldest: 1_794_187_658, worst: "Critical" },
  ];
  for (const report of reports) expect(parseQueueReport(formatQueueReport(report))).toEqual(report);
});

test.each([
  null,
  "",
  "events=3",
  "events=0; oldest=1; worst=High",
  "events=-1; oldest=1; worst=High",
  "events=3; oldest=1; worst=Low",
  "events=3; oldest=99999999999; worst=High",
  "events=10000000; oldest=1; worst=High",
  "events=3; oldest=1; worst=High; more=1",
  "events=3;oldest=1;worst=High",
  "EVENTS=3; oldest=1; worst=High",
])("%p is no report", (text) => {
  expect(parseQueueReport(text)).toBeUndefined();
});
