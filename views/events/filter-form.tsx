import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES, UPLOADED_RISKS } from "../../src/wire/vocabulary.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Choice, Field, Filters } from "../parts/filters.tsx";
import { FILTER_NAMES, WAITING, type EventsPage } from "./model.ts";

/** What people ask first stands open; the rest is one press away, and open once it is in use. */
export function FilterForm({ frame, page }: { readonly frame: Frame; readonly page: EventsPage }): Markup {
  const { filter, fields } = page;
  return (
    <Filters frame={frame} names={FILTER_NAMES}>
      <Choice name="risk" label="Risk" values={UPLOADED_RISKS} chosen={filter.risk} />
      <Choice name="category" label="Category" values={CATEGORIES} chosen={filter.category} />
      <Choice name="outcome" label="Outcome" values={OUTCOME_NAMES} chosen={filter.outcome} />
      <Choice name="waiting" label="Pending for over" values={WAITING} chosen={filter.waiting} />
      <Field name="rig" label="Rig" value={filter.rig} />
      <Field name="q" label="Words of action or notes" value={filter.q} type="search" max={200} />
      <details class="more" open={usesMore(page)}>
        <summary>More filters</summary>
        <div class="more-fields">
          <Field name="well" label="Well" value={filter.well} max={200} />
          <Choice name="field" label="Field" values={withChosen(fields, filter.field)} chosen={filter.field} />
          <Choice name="campaign" label="Campaign" values={CAMPAIGNS} chosen={filter.campaign} />
          <Field name="depth_from" label="Depth from" unit="ft" value={filter.depth_from} type="number" />
          <Field name="depth_to" label="Depth to" unit="ft" value={filter.depth_to} type="number" />
          <Field name="from" label="From day, UTC" value={filter.from} type="date" />
          <Field name="to" label="To day, UTC" value={filter.to} type="date" />
          <label class="check">
            <input type="checkbox" name="alone" value="1" checked={filter.alone === true} />
            Action of these words alone
          </label>
          <label class="check">
            <input type="checkbox" name="late" value="1" checked={filter.late === true} />
            Late only
          </label>
          <label class="check">
            <input type="checkbox" name="held" value="1" checked={filter.held === true} />
            Held back only
          </label>
        </div>
      </details>
    </Filters>
  );
}

function usesMore({ filter }: EventsPage): boolean {
  const { alone = false, late = false, held = false, ...rest } = filter;
  const { well, field, campaign, depth_from, depth_to, from, to } = rest;
  return (
    alone ||
    late ||
    held ||
    [well, field, campaign, depth_from, depth_to, from, to].some((value) => value !== undefined)
  );
}

/** A field that no rig works in any more can still be asked for by its address. */
function withChosen(fields: readonly string[], chosen: string | undefined): readonly string[] {
  return chosen === undefined || fields.includes(chosen) ? fields : [chosen, ...fields];
}
