import { unixSeconds } from "../../src/base/clock.ts";
import { Fault } from "../../src/base/fault.ts";
import { acknowledgmentRecord } from "../api/acknowledge-form.ts";
import { recordAcknowledgment } from "../acknowledgments.ts";
import { CONFIG_FLAG, settingsOf, textFlag, type SpokeVerb } from "./context.ts";
import { withQueue } from "./direct.ts";
import { acceptedJson, callLocalSpoke } from "./local-spoke.ts";

export const ackVerb: SpokeVerb = {
  name: "ack",
  summary: "say what became of an advisory",
  details:
    "The event is found by its advisory's time; it may also come later. An action resolves it, words like dismissed or\n" +
    "false_alarm make it a false alarm, escalated hands it up; the words are a setting. Without an action it stays open.",
  arguments: [{ name: "TIMESTAMP", doc: "the advisory's time, Unix seconds" }],
  flags: [
    CONFIG_FLAG,
    { name: "by", value: "NAME", doc: "who says so (default: driller)" },
    { name: "action", value: "TEXT", doc: "what was done, a word or a sentence" },
    { name: "notes", value: "TEXT", doc: "what else is worth knowing" },
  ],
  examples: [
    "fleet-spoke ack 1794187658 --by driller --action shut_in --notes 'Well static after 15 min'",
    "fleet-spoke ack 1794241444 --action 'false alarm'",
  ],
  async run({ args, flags }, context) {
    const spoke = context.contextOf(settingsOf(flags, context), "problems");
    const body = {
      ticket_timestamp: timestampOf(args[0] ?? ""),
      acknowledged_by: textFlag(flags, "by") ?? "driller",
      notes: textFlag(flags, "notes") ?? "",
      action_taken: textFlag(flags, "action") ?? "",
    };
    const record = acknowledgmentRecord(body, unixSeconds(spoke.clock));
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const reply = await callLocalSpoke(spoke, { method: "POST", path: "/api/v1/advisory/acknowledge", body: bytes });
    if (reply === undefined) withQueue(spoke, (queue) => recordAcknowledgment(queue, spoke.settings, record, true));
    else acceptedJson(reply);
    context.print(`advisory ${record.ticket_timestamp}: acknowledged by ${record.acknowledged_by}`);
    return 0;
  },
};

function timestampOf(text: string): number {
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw new Fault(
    "usage",
    `TIMESTAMP cannot be ${JSON.stringify(text)}`,
    "give the advisory's Unix seconds, 1794187658",
  );
}
