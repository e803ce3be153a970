import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES, UPLOADED_RISKS } from "../../src/wire/vocabulary.ts";
import { queryOf, withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Outcome } from "../parts/badges.tsx";
import { Bars } from "../parts/bars.tsx";
import { kindOf } from "../parts/columns.tsx";
import { Choice, ClearFilters, Field, Filters } from "../parts/filters.tsx";
import { longDuration, number, percent } from "../parts/numbers.ts";
import { Empty, Section } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { Actions } from "./actions.tsx";
import { Breakdowns } from "./breakdowns.tsx";
import { eventsOf } from "./events-of.ts";
import type { OutcomesPage } from "./model.ts";

export const OUTCOME_FILTERS = ["category", "risk", "campaign", "rig", "depth_from", "depth_to", "from", "to"] as const;

interface Props {
  readonly frame: Frame;
  readonly page: OutcomesPage;
}

export function Outcomes({ frame, page }: Props): Markup {
  return (
    <>
      <Heading frame={frame}>
        <p>{`Events of ${page.filter.days.from} to ${page.filter.days.to}, UTC days`}</p>
      </Heading>
      <FilterForm frame={frame} page={page} />
      {page.total === 0 ? <Nothing frame={frame} page={page} /> : <Found frame={frame} page={page} />}
    </>
  );
}

function FilterForm({ frame, page }: Props): Markup {
  const { filter } = page;
  const asked = queryOf(frame.here);
  return (
    <Filters frame={frame} names={OUTCOME_FILTERS}>
      <Choice name="category" label="Category" values={CATEGORIES} chosen={filter.category} />
      <Choice name="campaign" label="Campaign" values={CAMPAIGNS} chosen={filter.campaign} />
      <Field name="depth_from" label="Depth from" unit="ft" type="number" value={filter.depthFromFt} />
      <Field name="depth_to" label="Depth to" unit="ft" type="number" value={filter.depthToFt} />
      <Choice name="risk" label="Risk" values={UPLOADED_RISKS} chosen={filter.risk} />
      <Field name="rig" label="Rig" value={filter.rig} />
      <Field name="from" label="From day, UTC" type="date" value={asked.get("from") ?? undefined} />
      <Field name="to" label="To day, UTC" type="date" value={asked.get("to") ?? undefined} />
    </Filters>
  );
}

function Found({ frame, page }: Props): Markup {
  return (
    <>
      <Headline page={page} />
      <div class="grid">
        <Section id="shares" title="Outcomes">
          <Bars
            caption={
              page.capped ? `Of the newest ${number(page.countedMax)} events` : `Of ${number(page.total)} events`
            }
            shares
            bars={OUTCOME_NAMES.toReversed().map((outcome) => ({
              label: <Outcome name={outcome} />,
              value: page.outcome_breakdown.find((row) => row.outcome === outcome)?.count ?? 0,
              href: eventsOf(page, { outcome }),
              kind: kindOf(outcome),
            }))}
          />
        </Section>
        <Section id="times" title="Time to an answer">
          <Times frame={frame} page={page} />
        </Section>
      </div>
      <Actions frame={frame} page={page} />
      <Breakdowns frame={frame} page={page} />
    </>
  );
}

function Headline({ page }: { readonly page: OutcomesPage }): Markup {
  const figures: (readonly [string, string])[] = [
    [percent(page.resolution_rate), "resolved or escalated, of all"],
    [percent(page.answered_resolution_rate), "of those that were answered"],
    [number(page.pending), "Pending: nobody has answered yet"],
    [number(page.total - page.pending), "answered"],
  ];
  return (
    <ul class="figures">
      {figures.map(([value, label]) => (
        <li>
          <p>
            <strong>{value}</strong> {label}
          </p>
        </li>
      ))}
    </ul>
  );
}

function Times({ frame, page }: Props): Markup {
  const { times, answersMax } = page;
  if (times.answered === 0) return <Empty>Nothing was resolved or escalated yet.</Empty>;
  const rows: (readonly [string, number | null])[] = [
    ["Median", times.median_s],
    ["90 % within", times.p90_s],
    ["Longest", times.worst_s],
    ["Mean", times.average_s],
  ];
  return (
    <Table
      frame={frame}
      caption={`Of ${number(times.answered)} answers (the newest ${number(answersMax)} at most): from the event by the rig's clock to the answer by the hub's`}
      rows={rows}
      columns={[
        { label: "Measure", heads: true, cell: ([name]) => name },
        { label: "Time", numeric: true, cell: ([, seconds]) => longDuration(seconds) },
      ]}
    />
  );
}

function Nothing({ frame, page }: Props): Markup {
  const { days, ...rest } = page.filter;
  const isFiltered = Object.values(rest).some((value) => value !== undefined);
  if (isFiltered) {
    return (
      <Empty>
        No event matches this filter. <ClearFilters frame={frame} names={OUTCOME_FILTERS} />
      </Empty>
    );
  }
  return (
    <Empty>
      {`No outcome data from ${days.from} to ${days.to}: no event came. `}
      <a href={withQuery(frame.here, { from: "2020-01-01", to: undefined })}>Look at all years</a>
    </Empty>
  );
}
