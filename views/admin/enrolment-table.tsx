import { rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { ABSENT } from "../parts/numbers.ts";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { EnrolmentBadge } from "./enrolment-state.tsx";
import type { EnrolmentLine } from "./model.ts";

/** The newest codes. A rig that came through one is linked. */
export function EnrolmentTable(props: { readonly frame: Frame; readonly rows: readonly EnrolmentLine[] }): Markup {
  return (
    <Table
      frame={props.frame}
      caption="The newest codes; the codes themselves are kept nowhere"
      columns={columns(props.frame)}
      rows={props.rows}
      rowId={({ id }) => `enrolment-${id}`}
    />
  );
}

function columns(frame: Frame): readonly Column<EnrolmentLine>[] {
  const { nowMs, zone } = frame;
  return [
    {
      label: "Rig",
      heads: true,
      kind: "named",
      cell: ({ rig_id, used_at }) => {
        const name = <Words text={rig_id} />;
        return used_at === null ? name : <a href={rigHref(rig_id)}>{name}</a>;
      },
    },
    {
      label: "State",
      kind: "wraps",
      cell: (row) =>
        frame.role === "admin" ? (
          <a href={`/admin/enrolments/${row.id}`}>
            <EnrolmentBadge enrolment={row} />
          </a>
        ) : (
          <EnrolmentBadge enrolment={row} />
        ),
    },
    { label: "Well", kind: "named", hideBelow: "tablet", cell: ({ well_id }) => <Words text={well_id} short /> },
    { label: "Field", kind: "named", hideBelow: "tablet", cell: ({ field }) => <Words text={field} short /> },
    {
      label: "Made",
      cell: ({ created_at, time_zone }) => <Time iso={created_at} nowMs={nowMs} zone={zone} timeZone={time_zone} />,
    },
    {
      label: "Used",
      hideBelow: "desk",
      cell: ({ used_at, time_zone }) => <Time iso={used_at} nowMs={nowMs} zone={zone} timeZone={time_zone} />,
    },
    { label: "From", hideBelow: "desk", cell: ({ used_from }) => used_from ?? ABSENT },
  ];
}
