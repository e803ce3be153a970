import type { Child, Markup } from "../jsx-runtime.ts";
import { ABSENT, bytes, longDuration, number } from "../parts/numbers.ts";
import { Table } from "../parts/table.tsx";
import type { Frame } from "../frame/model.ts";
import type { Strip, StripDay } from "./model.ts";
import type { When } from "./when.tsx";

/** In units of the drawing: a day is so wide, a lane so high. */
const DAY = 20;
const LANE = 24;
const DAY_MS = 86_400_000;
const WORDS = {
  contact: "contact",
  away: "no contact",
  unrecorded: "not on record",
  before: "not enrolled yet",
  revoked: "revoked",
} as const;

interface Props {
  readonly frame: Frame;
  readonly strip: Strip;
  readonly when: When;
}

/** Thirty days at a glance: when it was in contact, what it sent and fetched. The table says the same. */
export function DayStrip({ frame, strip, when }: Props): Markup {
  const { days } = strip;
  return (
    <figure>
      <div class="strip" role="img" aria-label={summary(strip)}>
        <Lane label="Contact" days={days} shape={contactShape} />
        <Lane label="Uploads" days={days} shape={countShape(days, "uploads")} />
        <Lane label="Syncs" days={days} shape={countShape(days, "syncs")} />
        <span class="strip-dates" aria-hidden="true">
          <span>{days[0]?.date}</span>
          <span>today, UTC</span>
        </span>
      </div>
      <figcaption>{summary(strip)} Contact is drawn from a day's first to its last, midnight on top.</figcaption>
      <Gaps strip={strip} when={when} />
      <details>
        <summary>Table of the days</summary>
        <DayTable frame={frame} days={days} when={when} />
      </details>
    </figure>
  );
}

interface LaneProps {
  readonly label: string;
  readonly days: readonly StripDay[];
  readonly shape: (day: StripDay, x: number) => Child;
}

function Lane({ label, days, shape }: LaneProps): Markup {
  return (
    <>
      <span aria-hidden="true">{label}</span>
      <svg viewBox={`0 0 ${days.length * DAY} ${LANE}`} preserveAspectRatio="none" aria-hidden="true">
        {days.map((day, at) => (
          <g>
            <title>{dayTitle(day)}</title>
            <rect class={`strip-day strip-${day.state}`} x={at * DAY + 1} y={0} width={DAY - 2} height={LANE} />
            {shape(day, at * DAY + 1)}
          </g>
        ))}
      </svg>
    </>
  );
}

/** From the day's first contact to its last, midnight on top. */
function contactShape({ contact }: StripDay, x: number): Child {
  if (contact === null) return null;
  const start = ofDay(contact.first_at) * LANE;
  const height = Math.max(3, (ofDay(contact.last_at) - ofDay(contact.first_at)) * LANE);
  const y = Math.min(start, LANE - height);
  return <rect class="strip-mark" x={x} y={y.toFixed(1)} width={DAY - 2} height={height.toFixed(1)} />;
}

function countShape(days: readonly StripDay[], name: "uploads" | "syncs"): LaneProps["shape"] {
  const most = Math.max(1, ...days.map(({ contact }) => contact?.[name] ?? 0));
  return ({ contact }, x) => {
    const count = contact?.[name] ?? 0;
    if (count === 0) return null;
    const height = Math.max(3, (count / most) * LANE);
    return <rect class="strip-mark" x={x} y={(LANE - height).toFixed(1)} width={DAY - 2} height={height.toFixed(1)} />;
  };
}

function ofDay(iso: string): number {
  return (Date.parse(iso) % DAY_MS) / DAY_MS;
}

function dayTitle({ date, state, contact }: StripDay): string {
  if (contact === null) return `${date}: ${WORDS[state]}`;
  const { first_at: first, last_at: last, uploads, syncs } = contact;
  return `${date}: ${first.slice(11, 16)} to ${last.slice(11, 16)} UTC, uploads ${number(uploads)}, syncs ${number(syncs)}`;
}

function summary({ days, gaps }: Strip): string {
  const of = (state: StripDay["state"]): number => days.filter((day) => day.state === state).length;
  const parts = [
    `in contact on ${of("contact")} of ${days.length} days`,
    of("away") === 0 ? "" : `none on ${of("away")}`,
    of("unrecorded") === 0 ? "" : `${of("unrecorded")} not on record`,
    of("before") === 0 ? "" : `${of("before")} before it was enrolled`,
    of("revoked") === 0 ? "" : `revoked for ${of("revoked")}`,
    gaps.length === 0 ? "" : `${gaps.length} ${gaps.length === 1 ? "gap" : "gaps"} of 12 h or more`,
  ];
  const sentence = parts.filter((part) => part !== "").join("; ");
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`;
}

function Gaps({ strip, when }: Omit<Props, "frame">): Markup {
  if (strip.gaps.length === 0) return <></>;
  return (
    <ul class="gaps">
      {strip.gaps.map(({ from, to, seconds }) => (
        <li>
          <strong class={to === null ? "exception" : undefined}>{longDuration(seconds)}</strong> without contact, from{" "}
          {when(from)} {to === null ? "until now" : <>to {when(to)}</>}
        </li>
      ))}
    </ul>
  );
}

function DayTable({
  frame,
  days,
  when,
}: Pick<Props, "frame" | "when"> & { readonly days: readonly StripDay[] }): Markup {
  return (
    <Table
      frame={frame}
      caption="Contact by UTC day, newest first"
      rows={days.toReversed()}
      columns={[
        { label: "Day", heads: true, cell: ({ date }) => date },
        { label: "Contact", cell: ({ state }) => WORDS[state] },
        { label: "First", cell: ({ contact }) => when(contact?.first_at ?? null) },
        { label: "Last", cell: ({ contact }) => when(contact?.last_at ?? null) },
        { label: "Uploads", numeric: true, cell: ({ contact }) => number(contact?.uploads) },
        { label: "Bytes up", numeric: true, cell: ({ contact }) => bytes(contact?.upload_bytes) },
        { label: "Syncs", numeric: true, cell: ({ contact }) => number(contact?.syncs) },
        {
          label: "Bytes down",
          numeric: true,
          cell: ({ contact }) => (contact === null ? ABSENT : bytes(contact.sync_bytes)),
        },
      ]}
    />
  );
}
