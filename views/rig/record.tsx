import { withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Outcome } from "../parts/badges.tsx";
import { Bars } from "../parts/bars.tsx";
import { number, percent } from "../parts/numbers.ts";
import { Empty } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import type { RigRecord } from "./model.ts";

/** A share is only worth what it is a share of, so each has its number beside it. */
export function Outcomes({ rigId, record }: { readonly rigId: string; readonly record: RigRecord }): Markup {
  const { outcomes, outcome_days: days } = record;
  const { total, pending, resolution_rate: rate, answered_resolution_rate: ofAnswered } = outcomes;
  if (total === 0) return <Empty>{`No outcome data yet: no event in ${days} days.`}</Empty>;
  return (
    <>
      <dl class="facts">
        <dt>Resolved or escalated</dt>
        <dd>{`${percent(rate)} of ${number(total)} events`}</dd>
        <dt>The same of those answered</dt>
        <dd>{total === pending ? "none is answered yet" : `${percent(ofAnswered)} of ${number(total - pending)}`}</dd>
        <dt>Without an answer</dt>
        <dd>{number(pending)}</dd>
      </dl>
      <Bars
        caption={`Outcomes of the events of ${days} days`}
        shares
        bars={outcomes.outcome_breakdown.map(({ outcome, count }) => ({
          label: <Outcome name={outcome} />,
          value: count,
          href: withQuery("/events", { rig: rigId, outcome }),
        }))}
      />
    </>
  );
}

export function BesideFleet({ frame, record }: { readonly frame: Frame; readonly record: RigRecord }): Markup {
  const { load, fleet, load_days: days } = record;
  const rows = [
    {
      name: "Advisories a day",
      own: [number(load.per_day, 1), load.events],
      all: [number(fleet.per_day, 1), fleet.events],
    },
    {
      name: "FalsePositive, of answered",
      own: [percent(load.false_positive_share), load.answered],
      all: [percent(fleet.false_positive_share), fleet.answered],
    },
  ] as const;
  return (
    <>
      <Table
        frame={frame}
        caption={`Events of ${days} days`}
        rows={rows}
        columns={[
          { label: "Figure", heads: true, cell: ({ name }) => name },
          { label: "This rig", numeric: true, cell: ({ own: [figure, n] }) => <Figure figure={figure} n={n} /> },
          { label: "Fleet", numeric: true, cell: ({ all: [figure, n] }) => <Figure figure={figure} n={n} /> },
        ]}
      />
      <p>
        <small>{`The fleet's load is the mean of the ${number(fleet.rigs)} rigs that sent any.`}</small>
      </p>
    </>
  );
}

function Figure({ figure, n }: { readonly figure: string; readonly n: number }): Markup {
  return (
    <>
      {figure} <small>{`n ${number(n)}`}</small>
    </>
  );
}
