import { address, rigHref, withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Risk } from "../parts/badges.tsx";
import { Choice, Field, Filters } from "../parts/filters.tsx";
import { bytes, number } from "../parts/numbers.ts";
import { Pager } from "../parts/pager.tsx";
import { Empty } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { DecisionForm } from "./decision-form.tsx";
import { REASON_WORDS, type EntryLine, type QuarantinePage } from "./model.ts";

const FILTERS = ["reason", "rig", "state"] as const;

interface Props {
  readonly frame: Frame;
  readonly page: QuarantinePage;
}

export function Quarantine({ frame, page }: Props): Markup {
  const { filter, entries } = page;
  return (
    <>
      <Heading frame={frame} />
      <Reasons frame={frame} page={page} />
      <Filters frame={frame} names={FILTERS}>
        <Choice name="reason" label="Reason" values={Object.keys(REASON_WORDS)} chosen={filter.reason} />
        <Field name="rig" label="Rig" value={filter.rig} />
        <Choice
          name="state"
          label="State"
          values={["accepted", "discarded"]}
          chosen={filter.state === "open" ? undefined : filter.state}
          any="waiting"
        />
      </Filters>
      {entries.length === 0 ? (
        <Nothing page={page} />
      ) : (
        <DecisionForm frame={frame} page={page}>
          <Table
            frame={frame}
            caption={caption(page)}
            columns={columns(frame, filter.state)}
            rows={entries}
            rowId={({ id }) => `entry-${id}`}
          />
        </DecisionForm>
      )}
      <Pager frame={frame} next={page.next} size={page.size} />
    </>
  );
}

/** One press away from all of one reason. */
function Reasons({ frame, page }: Props): Markup {
  return (
    <ul class="chips">
      {page.reasons.map(({ reason, entries, oldest }) => (
        <li>
          <a
            href={withQuery(frame.here, { reason, state: undefined, after: undefined })}
            aria-current={page.filter.reason === reason && page.filter.state === "open" ? "true" : undefined}
          >
            <strong>{number(entries)}</strong> {REASON_WORDS[reason]}{" "}
            <small>
              oldest <Time iso={oldest} nowMs={frame.nowMs} only="age" />
            </small>
          </a>
        </li>
      ))}
    </ul>
  );
}

function caption({ filter }: QuarantinePage): string {
  return filter.state === "open" ? "Events that wait for a person, newest first" : `Entries that were ${filter.state}`;
}

function Nothing({ page }: { readonly page: QuarantinePage }): Markup {
  const { filter } = page;
  if (filter.state !== "open" || filter.reason !== undefined || filter.rig !== undefined) {
    return <Empty>Nothing matches this filter.</Empty>;
  }
  return (
    <Empty>
      Nothing waits. An event comes here when its id is known with another body, or when its time is more than a day
      ahead; both are kept until a person decides.
    </Empty>
  );
}

function columns(frame: Frame, state: QuarantinePage["filter"]["state"]): readonly Column<EntryLine>[] {
  const time = (iso: string | null, timeZone?: string): Markup => (
    <Time iso={iso} nowMs={frame.nowMs} zone={frame.zone} timeZone={timeZone} />
  );
  const all: Column<EntryLine>[] = [
    {
      label: "Select",
      cell: ({ id, event_id }) => (
        <input type="checkbox" name="id" value={id} data-select="" aria-label={`Select ${event_id}`} />
      ),
    },
    {
      label: "Event",
      heads: true,
      cell: ({ id, event_id }) => <a href={address(`/quarantine/${id}`, { from: frame.here })}>{event_id}</a>,
    },
    { label: "Reason", cell: ({ reason }) => REASON_WORDS[reason] },
    { label: "What is wrong", kind: "words", cell: ({ detail }) => <Words text={detail} short /> },
    { label: "Rig", cell: ({ rig_id }) => <a href={rigHref(rig_id)}>{rig_id}</a>, hideBelow: "tablet" },
    { label: "Risk", cell: ({ risk_level }) => <Risk level={risk_level} /> },
    { label: "Event time", cell: ({ event_at, time_zone }) => time(event_at, time_zone), hideBelow: "desk" },
    { label: "Came", cell: ({ received_at }) => time(received_at) },
    { label: "Size", numeric: true, cell: ({ body_bytes }) => bytes(body_bytes), hideBelow: "tablet" },
    {
      label: "Clock offset, s",
      numeric: true,
      cell: ({ clock_offset_s }) => number(clock_offset_s, 1),
      hideBelow: "desk",
    },
  ];
  if (state === "open") return all;
  return [
    ...all,
    { label: "Decided", cell: ({ decided_at, decided_by }) => [time(decided_at), ` by ${decided_by ?? "nobody"}`] },
    { label: "Note", kind: "words", cell: ({ decision_note }) => <Words text={decision_note} short /> },
  ];
}
