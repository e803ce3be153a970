import { eventHref, pathOf, rigHref, withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { ClearFilters, Choice, Field, Filters } from "../parts/filters.tsx";
import { ABSENT, countTo } from "../parts/numbers.ts";
import { Pager } from "../parts/pager.tsx";
import { Empty } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { actionWords } from "./action-words.ts";
import { changes } from "./changes.ts";
import type { AuditLine, AuditPage } from "./model.ts";

const FILE = "/admin/audit.csv";
const TARGET_MAX = 200;
const NAMES = ["action", "actor", "target", "from", "to"] as const;

interface Props {
  readonly frame: Frame;
  readonly page: AuditPage;
}

/** Who did what to what, from where; nobody can change it, the hub neither. */
export function AuditView({ frame, page }: Props): Markup {
  const { rows, next, size, total, countedTo } = page;
  return (
    <>
      <Heading frame={frame}>
        <a href="/admin">Admin</a>
      </Heading>
      <AuditFiltersForm frame={frame} page={page} />
      {rows.length === 0 ? (
        <Nothing frame={frame} page={page} />
      ) : (
        <Table
          frame={frame}
          caption="Entries, the newest first"
          columns={columns(frame)}
          rows={rows}
          rowId={({ id }) => `entry-${id}`}
          rowKind={({ action }) => (action === "session.refused" ? "refused" : undefined)}
          waits="entries"
        />
      )}
      <Pager
        frame={frame}
        next={next}
        size={size}
        total={`${countTo(total, countedTo)} ${total === 1 ? "entry" : "entries"}`}
      >
        <a href={csvHref(frame)} download>
          CSV
        </a>
      </Pager>
    </>
  );
}

function AuditFiltersForm({ frame, page }: Props): Markup {
  const { filters, actions } = page;
  return (
    <Filters frame={frame} names={NAMES} file={FILE}>
      <Choice name="action" label="Action" values={actions} chosen={filters.action} />
      <Field name="actor" label="Who" value={filters.actor} />
      <Field name="target" label="Target (rig, event, episode)" value={filters.target} max={TARGET_MAX} />
      <Field name="from" label="From, UTC day" type="date" value={filters.from} />
      <Field name="to" label="To, UTC day" type="date" value={filters.to} />
    </Filters>
  );
}

function Nothing({ frame, page }: Props): Markup {
  const set = Object.entries(page.filters).filter(([, value]) => value !== undefined);
  if (set.length === 0) return <Empty>No entry yet: the first is written with the first sign-in.</Empty>;
  return (
    <Empty>
      No entry matches {set.map(([name, value]) => `${name} ${value ?? ""}`).join(", ")}.{" "}
      <ClearFilters frame={frame} names={NAMES} />
    </Empty>
  );
}

function columns(frame: Frame): readonly Column<AuditLine>[] {
  return [
    { label: "When", heads: true, kind: "when", cell: ({ at }) => <Time iso={at} nowMs={frame.nowMs} /> },
    {
      label: "Did what",
      kind: "wraps",
      cell: ({ action }) => (
        <>
          {actionWords(action)}
          <small>{action}</small>
        </>
      ),
    },
    { label: "To what", kind: "named", cell: (row) => <Target row={row} /> },
    {
      label: "Who",
      cell: ({ actor, address }) => (
        <>
          {actor}
          <small>{address}</small>
        </>
      ),
    },
    {
      label: "Before → after",
      kind: "wraps",
      cell: (row) => (
        <ul class="audit-changes">
          {changes(row).map((line) => (
            <li>
              <Words text={line} />
            </li>
          ))}
        </ul>
      ),
    },
    { label: "Request", hideBelow: "desk", cell: ({ request_id }) => <code>{request_id ?? ABSENT}</code> },
  ];
}

function Target({ row: { action, target } }: { readonly row: AuditLine }): Markup {
  const name = <Words text={target} short />;
  if (target === null) return name;
  if (/^(?:rig|enrolment)\./.test(action)) return <a href={rigHref(target)}>{name}</a>;
  return /^(?:event|quarantine|episode)\./.test(action) ? <a href={eventHref(target)}>{name}</a> : name;
}

function csvHref({ here }: Frame): string {
  return withQuery(here.replace(pathOf(here), FILE), { after: undefined, size: undefined });
}
