import { OUTCOME_NAMES } from "../../src/wire/vocabulary.ts";
import { address, eventHref, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Outcome, Risk } from "../parts/badges.tsx";
import { Bars } from "../parts/bars.tsx";
import { kindOf } from "../parts/columns.tsx";
import { countTo, number } from "../parts/numbers.ts";
import { Empty, PanelSection } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { DayColumns } from "./day-columns.tsx";
import type { Concern, Figure, LatestEvent, Month, OverviewPage } from "./model.ts";

interface Props {
  readonly frame: Frame;
  readonly page: OverviewPage;
}

/** Exceptions first: who opens it in the morning knows within a second whether the fleet is well. */
export function Overview({ frame, page }: Props): Markup {
  return (
    <>
      <Heading frame={frame} />
      <PanelSection
        frame={frame}
        id="fleet"
        title="Fleet"
        panel={page.figures}
        show={(figures) => <Figures frame={frame} figures={figures} />}
      />
      <PanelSection
        frame={frame}
        id="attention"
        title="Needs attention"
        panel={page.concerns}
        show={(concerns) => <Concerns frame={frame} concerns={concerns} />}
      />
      <PanelSection
        frame={frame}
        id="latest"
        title="Latest events"
        panel={page.latest}
        show={(events) =>
          events.length === 0 ? <NothingYet hasRigs={page.hasRigs} /> : <Latest frame={frame} events={events} />
        }
      />
      <PanelSection
        frame={frame}
        id="month"
        title="Last 30 days"
        panel={page.month}
        show={(month) =>
          month.days.length === 0 ? <Empty>No event of these days.</Empty> : <LastMonth month={month} />
        }
      />
    </>
  );
}

function Figures({ frame, figures }: { readonly frame: Frame; readonly figures: readonly Figure[] }): Markup {
  return (
    <ul class="figures">
      {figures.map(({ label, value, href, alarming, countedTo = Infinity, since }) => (
        <li class={alarming === true && value > 0 ? "alarming" : undefined}>
          <a href={address(href, {})}>
            <strong>{countTo(value, countedTo)}</strong> {label}
            {since !== undefined && since.iso !== null && (
              <small>
                {since.what} <Age iso={since.iso} nowMs={frame.nowMs} />
              </small>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Age({ iso, nowMs }: { readonly iso: string; readonly nowMs: number }): Markup {
  return <Time iso={iso} nowMs={nowMs} only="age" />;
}

function Concerns({ frame, concerns }: { readonly frame: Frame; readonly concerns: readonly Concern[] }): Markup {
  if (concerns.length === 0)
    return <p class="all-well">✓ Nothing: every rig is heard of, nothing waits for a person.</p>;
  return (
    <ol class="concerns">
      {concerns.map(({ urgency, sentence, words, href, step, since }) => (
        <li>
          <Risk level={urgency} word={false} />
          <span>
            {sentence}
            {words !== undefined && (
              <>
                {": "}
                <Words text={words} short />
              </>
            )}
            {since !== null && (
              <>
                {" "}
                <Time iso={since} nowMs={frame.nowMs} />
              </>
            )}
          </span>
          <a href={href}>{step}</a>
        </li>
      ))}
    </ol>
  );
}

const LATEST: (frame: Frame) => readonly Column<LatestEvent>[] = (frame) => [
  {
    label: "Time",
    heads: true,
    cell: ({ id, timestamp }) => (
      <a href={eventHref(id)}>
        <Time iso={timestamp} nowMs={frame.nowMs} />
      </a>
    ),
  },
  { label: "Risk", cell: ({ risk_level }) => <Risk level={risk_level} /> },
  { label: "Category", cell: ({ category }) => category },
  { label: "Rig", cell: ({ rig_id }) => <a href={rigHref(rig_id)}>{rig_id}</a> },
  { label: "Depth, ft", numeric: true, cell: ({ depth_ft }) => number(depth_ft, 1), hideBelow: "tablet" },
  { label: "Outcome", cell: ({ outcome }) => <Outcome name={outcome} /> },
  { label: "Action", cell: ({ action_taken }) => <Words text={action_taken} short />, hideBelow: "tablet" },
];

function Latest({ frame, events }: { readonly frame: Frame; readonly events: readonly LatestEvent[] }): Markup {
  return (
    <Table
      frame={frame}
      caption="The latest to arrive, newest first"
      columns={LATEST(frame)}
      rows={events}
      rowId={({ id }) => `event-${id}`}
    />
  );
}

function LastMonth({ month }: { readonly month: Month }): Markup {
  return (
    <>
      <DayColumns month={month} />
      <div class="grid">
        <Bars
          caption="Outcomes"
          shares
          bars={OUTCOME_NAMES.toReversed().map((outcome) => ({
            label: <Outcome name={outcome} />,
            value: month.outcomes.find((row) => row.outcome === outcome)?.count ?? 0,
            kind: kindOf(outcome),
          }))}
        />
        <Bars
          caption="Most frequent categories"
          shares
          bars={month.top_categories.map(({ category, count }) => ({
            label: category,
            value: count,
            href: address("/events", { category }),
            kind: kindOf(category),
          }))}
        />
      </div>
    </>
  );
}

function NothingYet({ hasRigs }: { readonly hasRigs: boolean | null }): Markup {
  if (hasRigs === false) {
    return (
      <Empty>
        No rig is enrolled yet. <a href="/admin">Enrol the first one</a>; its events then appear here.
      </Empty>
    );
  }
  return <Empty>No events yet. A rig sends one when its advisory is Elevated, High or Critical.</Empty>;
}
