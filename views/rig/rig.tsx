import { address, eventHref, withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Outcome, Risk } from "../parts/badges.tsx";
import { number } from "../parts/numbers.ts";
import { Empty, PanelSection, Section } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { Words } from "../parts/words.tsx";
import { Doors } from "./doors.tsx";
import { Facts } from "./facts.tsx";
import { Keys } from "./keys.tsx";
import { Drops, Quarantined, Refusals, Syncs } from "./log.tsx";
import type { RigEvent, RigPage } from "./model.ts";
import { BesideFleet, Outcomes } from "./record.tsx";
import { DayStrip } from "./strip.tsx";
import { whenOf, type When } from "./when.tsx";

interface Props {
  readonly frame: Frame;
  readonly page: RigPage;
}

/** First whether it is there and has what the others have, then what it did, then how it may enter. */
export function Rig({ frame, page }: Props): Markup {
  const { line, strip, events, record, log } = page;
  const when = whenOf(frame, line);
  const panel = { frame, log };
  return (
    <>
      <Heading frame={frame}>
        <Doors frame={frame} line={line} />
      </Heading>
      {page.from !== undefined && (
        <p class="back">
          <a href={page.from}>Back to the list</a>
        </p>
      )}
      <div class="rig">
        <Facts page={page} when={when} />
        <PanelSection
          {...{ frame, id: "contact", title: "Contact, 30 days", panel: strip }}
          show={(value) => <DayStrip frame={frame} strip={value} when={when} />}
        />
        <PanelSection
          {...{ frame, id: "events", title: "Newest events", panel: events }}
          show={(value) => <Events frame={frame} rigId={line.rig_id} events={value} when={when} />}
        />
        <div class="grid">
          <PanelSection
            {...{ frame, id: "outcomes", title: "Outcomes", panel: record }}
            show={(value) => <Outcomes rigId={line.rig_id} record={value} />}
          />
          <PanelSection
            {...{ frame, id: "fleet", title: "Beside the fleet", panel: record }}
            show={(value) => <BesideFleet frame={frame} record={value} />}
          />
          <Logged {...panel} id="syncs" title="Syncs" part={Syncs} when={when} />
          <Logged {...panel} id="dropped" title="Dropped on the rig" part={Drops} when={when} />
        </div>
        <Logged {...panel} id="quarantined" title="In quarantine" part={Quarantined} when={when} />
        <Logged {...panel} id="refused" title="Refused" part={Refusals} when={when} />
        <Section id="keys" title="Keys">
          <Keys frame={frame} page={page} when={when} />
        </Section>
      </div>
    </>
  );
}

interface LoggedProps {
  readonly frame: Frame;
  readonly log: RigPage["log"];
  readonly id: string;
  readonly title: string;
  readonly part: typeof Syncs;
  readonly when: When;
}

function Logged({ frame, log, id, title, part: Part, when }: LoggedProps): Markup {
  return (
    <PanelSection
      {...{ frame, id, title, panel: log }}
      show={(value) => <Part frame={frame} log={value} when={when} />}
    />
  );
}

interface EventsProps {
  readonly frame: Frame;
  readonly rigId: string;
  readonly events: readonly RigEvent[];
  readonly when: When;
}

function Events({ frame, rigId, events, when }: EventsProps): Markup {
  if (events.length === 0) {
    return <Empty>No event yet. A rig sends one when its advisory is Elevated, High or Critical.</Empty>;
  }
  const zone = frame.zone === "rig" ? "rig" : undefined;
  return (
    <>
      <Table
        frame={frame}
        caption="Its newest events"
        rows={events}
        rowId={({ id }) => `event-${id}`}
        columns={[
          {
            label: "Time",
            heads: true,
            cell: (event) => (
              <a
                href={address(eventHref(event.id), {
                  zone,
                  from: withQuery(frame.here, { from: undefined, zone: undefined }),
                })}
              >
                {when(event.timestamp)}
              </a>
            ),
          },
          { label: "Risk", cell: ({ risk_level }) => <Risk level={risk_level} /> },
          { label: "Category", cell: ({ category }) => category },
          { label: "Depth, ft", numeric: true, cell: ({ depth_ft }) => number(depth_ft, 1) },
          { label: "Outcome", cell: ({ outcome }) => <Outcome name={outcome} /> },
          { label: "Action", kind: "words", cell: ({ action_taken }) => <Words text={action_taken} short /> },
        ]}
      />
      <p>
        <a href={address("/events", { rig: rigId, zone })}>All its events</a>
      </p>
    </>
  );
}
