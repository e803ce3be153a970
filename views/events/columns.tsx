import { address, episodeHref, eventHref, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";
import { Outcome, Risk } from "../parts/badges.tsx";
import { ABSENT, number } from "../parts/numbers.ts";
import type { Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import type { EventLine } from "./model.ts";

/** What, where and how bad come first; a narrow screen keeps them and drops what the event's page shows anyway. */
export function eventColumns(frame: Frame): readonly Column<EventLine>[] {
  return [
    { label: "Time", sort: "time", heads: true, kind: "when", cell: (event) => <When frame={frame} event={event} /> },
    { label: "Risk", cell: ({ risk_level }) => <Risk level={risk_level} /> },
    { label: "Category", cell: ({ category }) => category },
    { label: "Rig", kind: "event-rig", cell: (event) => <RigLink frame={frame} event={event} /> },
    { label: "Well", kind: "event-well", hideBelow: "desk", cell: ({ well_id }) => <Words text={well_id} short /> },
    { label: "Depth, ft", numeric: true, cell: ({ depth_ft }) => number(depth_ft, 1) },
    { label: "Outcome", kind: "event-outcome", cell: (event) => <Answer frame={frame} event={event} /> },
    { label: "Action and notes", kind: "written", cell: written },
  ];
}

function When({ frame, event }: { readonly frame: Frame; readonly event: EventLine }): Markup {
  return (
    <>
      <a href={detail(frame, eventHref(event.id))}>
        <Time iso={event.timestamp} nowMs={frame.nowMs} zone={frame.zone} timeZone={event.time_zone} />
      </a>
      {marks(frame, event)}
    </>
  );
}

function RigLink({ frame, event: { rig_id } }: { readonly frame: Frame; readonly event: EventLine }): Markup {
  return (
    <a href={detail(frame, rigHref(rig_id))}>
      <Words text={rig_id} short />
    </a>
  );
}

/** The way back to this list, as it is now. */
function detail(frame: Frame, href: string): string {
  const zone = frame.zone === "rig" ? "rig" : undefined;
  return address(href, { zone, from: frame.here === "/events" ? undefined : frame.here });
}

/** One that waits for an answer says for how long. */
function Answer({ frame, event }: { readonly frame: Frame; readonly event: EventLine }): Markup {
  const { outcome, timestamp, time_zone } = event;
  return (
    <>
      <Outcome name={outcome} />
      {outcome === "Pending" && (
        <span class="waits">
          raised <Time iso={timestamp} nowMs={frame.nowMs} only="age" zone={frame.zone} timeZone={time_zone} />
        </span>
      )}
    </>
  );
}

function written({ action_taken, notes }: EventLine): Child {
  const parts = [action_taken, notes].filter((text) => text !== null && text !== "");
  if (parts.length === 0) return ABSENT;
  return parts.map((text) => (
    <span class="written-part">
      <Words text={text} short />
    </span>
  ));
}

function marks(frame: Frame, { late, held, duplicate, episode_id }: EventLine): Child {
  const shown = [
    late && <span title="It came more than 7 days after it happened.">late</span>,
    held && (
      <a href="/quarantine" title="Curation waits until a person has looked.">
        held back
      </a>
    ),
    duplicate && episode_id !== null && (
      <a href={detail(frame, episodeHref(episode_id))} title="It went into the episode of another event.">
        duplicate
      </a>
    ),
  ].filter((mark) => mark !== false);
  return shown.length === 0 ? false : <span class="marks">{shown}</span>;
}
