import { eventHref, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Child, Markup } from "../jsx-runtime.ts";
import { Action } from "../parts/action.tsx";
import { Risk } from "../parts/badges.tsx";
import { Facts } from "../parts/facts.tsx";
import { ABSENT, bytes, number } from "../parts/numbers.ts";
import { Empty, Section } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { REASON_WORDS, type EntryPage } from "./model.ts";

interface Props {
  readonly frame: Frame;
  readonly page: EntryPage;
}

export function QuarantineEntry({ frame, page }: Props): Markup {
  const { entry } = page;
  return (
    <>
      <Heading frame={frame} />
      <Facts facts={facts(frame, page)} />
      <Decide frame={frame} page={page} />
      {entry.reason === "conflict" && (
        <Section id="differences" title="What differs">
          <Differences frame={frame} page={page} />
        </Section>
      )}
    </>
  );
}

function facts(frame: Frame, { entry, kept_until }: EntryPage): [string, Child][] {
  const time = (iso: string | null): Markup => <Time iso={iso} nowMs={frame.nowMs} />;
  const decided: [string, Child][] =
    entry.decision === null
      ? [["Decision", "waits for a person"]]
      : [
          ["Decision", `${entry.decision} by ${entry.decided_by ?? "nobody"}`],
          ["Decided", time(entry.decided_at)],
          ["Note", <Words text={entry.decision_note} />],
        ];
  return [
    ["Event", <a href={eventHref(entry.event_id)}>{entry.event_id}</a>],
    ["Reason", REASON_WORDS[entry.reason]],
    ["What is wrong", <Words text={entry.detail} />],
    ["Rig", <a href={rigHref(entry.rig_id)}>{entry.rig_id}</a>],
    ["Risk", <Risk level={entry.risk_level} />],
    ["Event time", <Time iso={entry.event_at} nowMs={frame.nowMs} zone={frame.zone} timeZone={entry.time_zone} />],
    ["Came", time(entry.received_at)],
    ["Size", bytes(entry.body_bytes)],
    ["Rig clock minus hub clock", entry.clock_offset_s === null ? ABSENT : `${number(entry.clock_offset_s, 1)} s`],
    ...decided,
    ...(kept_until === null ? [] : [["Can be taken back until", time(kept_until)] as [string, Child]]),
  ];
}

function Decide({ frame, page }: Props): Markup {
  const { id, decision } = page.entry;
  const hidden = { id: `${id}`, back: frame.here };
  const press = (deed: string, label: string): Markup => (
    <Action frame={frame} action="/quarantine/decide" label={label} hidden={{ ...hidden, deed }}>
      <label>
        Note <input name="note" maxlength="500" autocomplete="off" />
      </label>
    </Action>
  );
  if (decision === "accepted") return <></>;
  if (decision === "discarded") return press("reopen", "Take back");
  return (
    <div class="decide-one">
      {press("accept", "Accept")} {press("recheck", "Re-check")} {press("discard", "Discard")}
    </div>
  );
}

function Differences({ frame, page }: Props): Markup {
  const { differences, differencesMax } = page;
  if (differences.length === 0) return <Empty>Nothing: both bodies have equal values by now.</Empty>;
  const cut = differences.length >= differencesMax ? `The first ${differencesMax} differences` : "Every difference";
  return (
    <Table
      frame={frame}
      caption={`${cut} between the stored event and the refused one`}
      rows={differences}
      columns={[
        { label: "Field", heads: true, cell: ({ path }) => <code class="words">{path}</code> },
        { label: "Stored", cell: ({ stored }) => <Words text={stored} /> },
        { label: "Refused", cell: ({ refused }) => <Words text={refused} /> },
      ]}
    />
  );
}
