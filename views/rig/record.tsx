import { withQuery } from "../frame/address.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Outcome } from "../parts/badges.tsx";
import { Bars } from "../parts/bars.tsx";
import { number, percent } from "../parts/numbers.ts";
import { Empty } from "../parts/panel.tsx";
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

export function BesideFleet({ record }: { readonly record: RigRecord }): Markup {
  const { load, fleet, load_days: days } = record;
  return (
    <div class="scroll" tabindex="0" role="region" aria-label="Beside the fleet">
      <table class="beside">
        <caption>{`Events of ${days} days`}</caption>
        <thead>
          <tr>
            <th scope="col"></th>
            <th scope="col" class="number">
              This rig
            </th>
            <th scope="col" class="number">
              Fleet
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Advisories a day</th>
            <td class="number">
              {number(load.per_day, 1)} <small>{`n ${number(load.events)}`}</small>
            </td>
            <td class="number">
              {number(fleet.per_day, 1)} <small>{`n ${number(fleet.events)}`}</small>
            </td>
          </tr>
          <tr>
            <th scope="row">FalsePositive, of answered</th>
            <td class="number">
              {percent(load.false_positive_share)} <small>{`n ${number(load.answered)}`}</small>
            </td>
            <td class="number">
              {percent(fleet.false_positive_share)} <small>{`n ${number(fleet.answered)}`}</small>
            </td>
          </tr>
        </tbody>
      </table>
      <p>
        <small>{`The fleet's load is the mean of the ${number(fleet.rigs)} rigs that sent any.`}</small>
      </p>
    </div>
  );
}
