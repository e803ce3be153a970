import { queryOf, withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { ClearFilters } from "../parts/filters.tsx";
import { number } from "../parts/numbers.ts";
import { Pager } from "../parts/pager.tsx";
import { Empty } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { utc } from "../parts/time.tsx";
import { eventColumns } from "./columns.tsx";
import { FilterForm } from "./filter-form.tsx";
import { FILTER_NAMES, filterWords, type EventLine, type EventsPage } from "./model.ts";

interface Props {
  readonly frame: Frame;
  readonly page: EventsPage;
}

export function Events({ frame, page }: Props): Markup {
  const { events, filter, next } = page;
  const none = events.length === 0;
  if (none && next === null && filterWords(filter).length === 0 && !startsLater(frame)) {
    return (
      <>
        <Heading frame={frame} />
        <NoEvents />
      </>
    );
  }
  return (
    <>
      <Heading frame={frame} />
      <FilterForm frame={frame} page={page} />
      {none ? <NoMatch frame={frame} page={page} /> : <EventTable frame={frame} page={page} />}
      <SearchedTo frame={frame} page={page} />
      <Pages frame={frame} page={page} />
    </>
  );
}

function startsLater({ here }: Frame): boolean {
  return queryOf(here).has("after");
}

function EventTable({ frame, page }: Props): Markup {
  const newest = page.sort === "-time";
  return (
    <div class="events">
      <Table
        frame={frame}
        caption={newest ? "Events, newest first" : "Events, oldest first"}
        columns={eventColumns(frame)}
        rows={page.events}
        rowId={({ id }: EventLine) => `event-${id}`}
        rowKind={({ outcome, risk_level }: EventLine) =>
          outcome === "Pending" && risk_level === "Critical" ? "event-urgent" : undefined
        }
        sort={page.sort}
        {...(newest && !startsLater(frame) ? { waits: "events" } : {})}
      />
    </div>
  );
}

/** A search that ends early says so: what it has not seen is not absent. */
function SearchedTo({ frame, page: { searched_to, next, sort } }: Props): Markup {
  if (searched_to === null || next === null) return <></>;
  return (
    <p class="searched-to">
      {`Searched ${sort === "-time" ? "back" : "forward"} to ${utc(searched_to)}, to stay quick; there may be more. `}
      <a href={withQuery(frame.here, { after: next })}>Search on from there</a>
    </p>
  );
}

function Pages({ frame, page }: Props): Markup {
  const { next, size, total } = page;
  return (
    <Pager frame={frame} next={next} size={size} total={total === undefined ? undefined : totalWords(total)}>
      <a
        href={withQuery(frame.here, { after: undefined, size: undefined }).replace(/^\/events/, "/events.csv")}
        download
      >
        CSV
      </a>
    </Pager>
  );
}

function totalWords({ matches, exact }: NonNullable<EventsPage["total"]>): string {
  return `${number(matches)}${exact ? "" : "+"} ${exact && matches === 1 ? "event" : "events"}`;
}

function NoEvents(): Markup {
  return (
    <Empty>
      No event has arrived yet. A rig sends one when its advisory is Elevated, High or Critical.{" "}
      <a href="/rigs">See which rigs are connected</a>
    </Empty>
  );
}

function NoMatch({ frame, page: { filter, searched_to } }: Props): Markup {
  const words = filterWords(filter).map(([name, value]) => `${name} ${value}`);
  const where = searched_to === null ? "" : " so far";
  return (
    <Empty>
      {words.length === 0 ? "No event is here any more. " : "No event matches "}
      <bdi class="words">{words.join(", ")}</bdi>
      {words.length === 0 ? "" : `${where}. `}
      {filter.q !== undefined && "Words are matched whole, and all of them must be there. "}
      <ClearFilters frame={frame} names={FILTER_NAMES} />
    </Empty>
  );
}
