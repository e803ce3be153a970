import { address, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";
import { Risk } from "../parts/badges.tsx";
import { ABSENT, bytes, duration, number, percent } from "../parts/numbers.ts";
import type { Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import type { RigLine } from "./model.ts";
import { State } from "./state.tsx";

/** A clock that is off by more is marked: its events get wrong times. */
const OFFSET_MAX_S = 60;

/** One line a rig. The rig stands first and stays, however far the row is scrolled. */
export function rigColumns(frame: Frame): readonly Column<RigLine>[] {
  return [
    { label: "Rig", sort: "rig", heads: true, cell: (rig) => <RigLink frame={frame} rig={rig} /> },
    { label: "State", sort: "state", cell: ({ state }) => <State state={state} /> },
    { label: "Last seen", sort: "last_seen", cell: (rig) => <Seen frame={frame} rig={rig} /> },
    { label: "Well", sort: "well", kind: "name", cell: ({ well_id }) => <Words text={well_id} short /> },
    { label: "Field", sort: "field", kind: "name", cell: ({ field }) => <Words text={field} short /> },
    { label: "Last event", sort: "last_event", cell: (rig) => <Ago frame={frame} rig={rig} iso={rig.last_event_at} /> },
    { label: "Last sync", sort: "last_sync", cell: (rig) => <Ago frame={frame} rig={rig} iso={rig.last_sync} /> },
    { label: "Versions behind", sort: "lag", numeric: true, cell: ({ behind, lag }) => marked(behind, number(lag)) },
    { label: "Queue", sort: "queue", numeric: true, cell: ({ queue_events }) => number(queue_events) },
    { label: "Oldest", sort: "queue_oldest", cell: (rig) => <Ago frame={frame} rig={rig} iso={rig.queue_oldest_at} /> },
    {
      label: "Worst",
      sort: "queue_worst",
      cell: ({ queue_worst }) => (queue_worst === null ? ABSENT : <Risk level={queue_worst} />),
    },
    { label: "Bytes today", sort: "bytes", numeric: true, cell: ({ bytes_today }) => bytes(bytes_today) },
    {
      label: "Clock offset, s",
      sort: "offset",
      numeric: true,
      cell: ({ clock_offset_s: s }) => marked(isOff(s), number(s, 1)),
    },
    { label: "Events, 7 d", sort: "events_7d", numeric: true, cell: ({ events_7d }) => number(events_7d) },
    { label: "Answered", sort: "answered_7d", numeric: true, cell: ({ answered_7d }) => percent(answered_7d) },
    { label: "Spoke", sort: "spoke", cell: (rig) => marked(rig.old_spoke, rig.spoke_version ?? ABSENT) },
    {
      label: "Key age",
      sort: "key",
      numeric: true,
      cell: (rig) => duration((frame.nowMs - Date.parse(rig.key_issued_at)) / 1000),
    },
  ];
}

export function isOff(offsetS: number | null): boolean {
  return offsetS !== null && Math.abs(offsetS) > OFFSET_MAX_S;
}

/** Sign and colour for what somebody should look at. */
export function marked(isBad: boolean, text: string): Child {
  if (!isBad) return text;
  return (
    <strong class="exception">
      <span aria-hidden="true">▲ </span>
      {text}
    </strong>
  );
}

function RigLink({ frame, rig }: { readonly frame: Frame; readonly rig: RigLine }): Markup {
  const zone = frame.zone === "rig" ? "rig" : undefined;
  return (
    <a href={address(rigHref(rig.rig_id), { zone, from: frame.here === "/rigs" ? undefined : frame.here })}>
      <bdi>{rig.rig_id}</bdi>
    </a>
  );
}

/** Since when a rig is silent must be exact: it is what people ask the rig about. */
function Seen({ frame, rig }: { readonly frame: Frame; readonly rig: RigLine }): Markup {
  if (rig.last_seen === null)
    return (
      <>
        never; enrolled <Ago frame={frame} rig={rig} iso={rig.registered_at} />
      </>
    );
  const when = { iso: rig.last_seen, nowMs: frame.nowMs, zone: frame.zone, timeZone: rig.time_zone };
  return (
    <span class="seen">
      <Time {...when} only="age" /> <Time {...when} only="time" />
    </span>
  );
}

function Ago(props: { readonly frame: Frame; readonly rig: RigLine; readonly iso: string | null }): Markup {
  const { frame, rig, iso } = props;
  return <Time iso={iso} nowMs={frame.nowMs} zone={frame.zone} timeZone={rig.time_zone} only="age" />;
}
