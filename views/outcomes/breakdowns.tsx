import { rigHref, withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { number, percent } from "../parts/numbers.ts";
import { Section } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import type { Breakdown, OutcomesPage } from "./model.ts";

interface Props {
  readonly frame: Frame;
  readonly page: OutcomesPage;
}

export function Breakdowns({ frame, page }: Props): Markup {
  if (page.by_category.length === 0) {
    return <p>Without a rig and a range of depth in the filter, this page also breaks the outcomes down.</p>;
  }
  return (
    <>
      <div class="grid">
        <Part frame={frame} id="by-category" title="By category" name="category" rows={page.by_category} />
        <Part frame={frame} id="by-risk" title="By risk" name="risk" rows={page.by_risk} />
        <Part frame={frame} id="by-campaign" title="By campaign" name="campaign" rows={page.by_campaign} />
      </div>
      {page.by_rig === null ? (
        <p>{`By rig: choose ${page.byRigDaysMax} days or fewer.`}</p>
      ) : (
        <Part frame={frame} id="by-rig" title="By rig, the most events first" name="rig" rows={page.by_rig} />
      )}
    </>
  );
}

interface PartProps {
  readonly frame: Frame;
  readonly id: string;
  readonly title: string;
  /** Of the field of the filter that a row sets. */
  readonly name: "category" | "risk" | "campaign" | "rig";
  readonly rows: readonly Breakdown[];
}

function Part({ frame, id, title, name, rows }: PartProps): Markup {
  return (
    <Section id={id} title={title}>
      <Table
        frame={frame}
        caption={`${title}: rates with their number of cases`}
        rows={rows}
        columns={[
          {
            label: title.replace("By ", "").replace(", the most events first", ""),
            heads: true,
            cell: (row) => (
              <a href={name === "rig" ? rigHref(row.name) : withQuery(frame.here, { [name]: row.name })}>{row.name}</a>
            ),
          },
          { label: "Events", numeric: true, cell: ({ total }) => number(total) },
          { label: "Pending", numeric: true, cell: ({ pending }) => number(pending) },
          { label: "Of all", numeric: true, cell: ({ resolution_rate }) => percent(resolution_rate) },
          {
            label: "Of answered",
            numeric: true,
            cell: ({ answered_resolution_rate: rate, total, pending }) =>
              rate === null ? percent(rate) : `${percent(rate)} of ${number(total - pending)}`,
          },
        ]}
      />
    </Section>
  );
}
