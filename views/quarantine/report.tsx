import { eventHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { ABSENT, number } from "../parts/numbers.ts";
import { Table } from "../parts/table.tsx";
import type { ReportPage } from "./model.ts";

/** What became of each entry of a press. */
export function QuarantineReport({ frame, page }: { readonly frame: Frame; readonly page: ReportPage }): Markup {
  const { reports, back } = page;
  const counts = Map.groupBy(reports, ({ result }) => result);
  const sentence = [...counts].map(([result, rows]) => `${number(rows.length)} ${result}`).join(", ");
  return (
    <>
      <Heading frame={frame} />
      <p class="done" role="status">
        {`${sentence}.`} <a href={back}>Back to the list</a>
      </p>
      <Table
        frame={frame}
        caption="Each entry of this press"
        rows={reports}
        columns={[
          {
            label: "Event",
            heads: true,
            cell: ({ id, event_id }) =>
              event_id === null ? `entry ${id}` : <a href={eventHref(event_id)}>{event_id}</a>,
          },
          { label: "Result", cell: ({ result }) => result },
          { label: "Why", cell: ({ sentence: why }) => (why === "" ? ABSENT : why) },
          { label: "Entry", cell: ({ id }) => <a href={`/quarantine/${id}`}>{number(id)}</a> },
        ]}
      />
    </>
  );
}
