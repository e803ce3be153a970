import type { Frame } from "./frame/model.ts";
import { CATEGORIES, OUTCOME_NAMES, UPLOADED_RISKS } from "../src/wire/vocabulary.ts";
import { ABSENT, number } from "./parts/numbers.ts";
import { Outcome, Risk } from "./parts/badges.tsx";
import { Time } from "./parts/time.tsx";
import type { Markup } from "./jsx-runtime.ts";
import { Heading } from "./frame/page.tsx";
import type { EventFilter, EventLine, EventsPage } from "./model.ts";

/** Texts of drillers are cut in tables; the event's own page shows them whole. */
const ACTION_SHOWN_MAX = 80;

export function Events({ frame, page }: { readonly frame: Frame; readonly page: EventsPage }): Markup {
  const { filter, events, next } = page;
  return (
    <>
      <Heading frame={frame} />
      <FilterForm filter={filter} />
      {events.length === 0 ? (
        <NoEvents filter={filter} />
      ) : (
        <EventTable events={events} nowMs={frame.nowMs} caption="Events, newest first" />
      )}
      {next !== null && (
        <p>
          <a href={eventsHref(filter, next)} rel="next">
            Older events
          </a>
        </p>
      )}
    </>
  );
}

export function EventTable(props: { events: readonly EventLine[]; nowMs: number; caption: string }): Markup {
  return (
    <div class="scroll" tabindex="0" role="region" aria-label={props.caption}>
      <table>
        <caption>{props.caption}</caption>
        <thead>
          <tr>
            {["Time", "Rig", "Well"].map((name) => (
              <th scope="col">{name}</th>
            ))}
            <th scope="col" class="number">
              Depth, ft
            </th>
            {["Category", "Risk", "Outcome", "Action"].map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.events.map((event) => (
            <Row event={event} nowMs={props.nowMs} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The address of a list: filters that are not set are left out. */
export function eventsHref(filter: EventFilter, after?: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, after })) {
    if (value !== undefined) query.set(name, value);
  }
  return query.size === 0 ? "/events" : `/events?${query}`;
}

export function eventHref(id: string): string {
  return `/events/${encodeURIComponent(id)}`;
}

function Row({ event, nowMs }: { readonly event: EventLine; readonly nowMs: number }): Markup {
  return (
    <tr id={`event-${event.id}`}>
      <th scope="row">
        <a href={eventHref(event.id)}>
          <Time iso={event.timestamp} nowMs={nowMs} />
        </a>
        {event.late && <small> late</small>}
      </th>
      <td>{event.rig_id}</td>
      <td>{event.well_id}</td>
      <td class="number">{number(event.depth_ft, 1)}</td>
      <td>{event.category}</td>
      <td>
        <Risk level={event.risk_level} />
      </td>
      <td>
        <Outcome name={event.outcome} />
      </td>
      <td class="words">{shortened(event.action_taken)}</td>
    </tr>
  );
}

function shortened(action: string | null): string {
  if (action === null || action === "") return ABSENT;
  return action.length > ACTION_SHOWN_MAX ? `${action.slice(0, ACTION_SHOWN_MAX)}…` : action;
}

function FilterForm({ filter }: { readonly filter: EventFilter }): Markup {
  return (
    <form method="get" action="/events" class="filters">
      <Choice name="risk" label="Risk" values={UPLOADED_RISKS} chosen={filter.risk} />
      <Choice name="category" label="Category" values={CATEGORIES} chosen={filter.category} />
      <Choice name="outcome" label="Outcome" values={OUTCOME_NAMES} chosen={filter.outcome} />
      <label>
        Rig
        <input name="rig" value={filter.rig ?? ""} maxlength="64" autocomplete="off" />
      </label>
      <button>Show</button>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
  readonly chosen: string | undefined;
}

export function Choice({ name, label, values, chosen }: ChoiceProps): Markup {
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">any</option>
        {values.map((value) => (
          <option selected={value === chosen}>{value}</option>
        ))}
      </select>
    </label>
  );
}

function NoEvents({ filter }: { readonly filter: EventFilter }): Markup {
  const set = Object.entries(filter).filter(([, value]) => value !== undefined);
  if (set.length === 0) {
    return <p class="empty">No events yet. A rig sends one when its advisory is Elevated, High or Critical.</p>;
  }
  return (
    <p class="empty">
      No event matches {set.map(([name, value]) => `${name} ${value}`).join(", ")}.{" "}
      <a href="/events">Clear the filter</a>
    </p>
  );
}
