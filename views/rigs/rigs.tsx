import { CAMPAIGNS } from "../../src/wire/vocabulary.ts";
import { withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Choice, ClearFilters, Field, Filters } from "../parts/filters.tsx";
import { number } from "../parts/numbers.ts";
import { Pager } from "../parts/pager.tsx";
import { Empty } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { rigColumns } from "./columns.tsx";
import type { RigLine, RigsFilter, RigsPage } from "./model.ts";
import { StateLinks } from "./state-links.tsx";

const FIELDS = ["q", "field", "campaign", "behind", "spoke"] as const;

interface Props {
  readonly frame: Frame;
  readonly page: RigsPage;
}

/** Who needs somebody stands first; what is well is grey. */
export function Rigs({ frame, page }: Props): Markup {
  const { counts, rigs, filter } = page;
  return (
    <>
      <Heading frame={frame} />
      {counts.all === 0 && !isFiltered(filter) ? (
        <NoRigs frame={frame} />
      ) : (
        <>
          <StateLinks frame={frame} page={page} />
          <FilterForm frame={frame} page={page} />
          {rigs.length === 0 ? <NoMatch frame={frame} filter={filter} /> : <RigTable frame={frame} page={page} />}
          <Pages frame={frame} page={page} />
        </>
      )}
    </>
  );
}

function RigTable({ frame, page }: Props): Markup {
  return (
    <div class="rigs">
      <Table
        frame={frame}
        caption={`Rigs; the library is at version ${number(page.library_version)}`}
        columns={rigColumns(frame)}
        rows={page.rigs}
        rowId={({ rig_id }: RigLine) => `rig-${rig_id}`}
        rowKind={({ state }: RigLine) => `rig-${state}`}
        sort={page.sort}
      />
    </div>
  );
}

function FilterForm({ frame, page }: Props): Markup {
  const { filter, fields, counts } = page;
  return (
    <Filters frame={frame} names={FIELDS}>
      <Field name="q" label="Rig or well" value={filter.text} type="search" max={200} />
      <Choice name="field" label="Field" values={fields} chosen={filter.field} />
      <Choice name="campaign" label="Campaign" values={CAMPAIGNS} chosen={filter.campaign} />
      <label class="check">
        <input type="checkbox" name="behind" value="1" checked={filter.behind} />
        {`Behind the library (${number(counts.behind)})`}
      </label>
      <label class="check">
        <input type="checkbox" name="spoke" value="old" checked={filter.oldSpoke} />
        Spoke older than the hub
      </label>
    </Filters>
  );
}

function Pages({ frame, page }: Props): Markup {
  const { filter, counts, next, size } = page;
  const total = counts[filter.state ?? "all"];
  return (
    <Pager frame={frame} next={next} size={size} total={`${number(total)} ${total === 1 ? "rig" : "rigs"}`}>
      <a href={withQuery(frame.here.replace("/rigs", "/rigs.csv"), { after: undefined, size: undefined })} download>
        CSV
      </a>
    </Pager>
  );
}

function NoRigs({ frame }: { readonly frame: Frame }): Markup {
  return (
    <Empty>
      No rig is enrolled yet.{" "}
      {frame.role === "admin" ? (
        <>
          <a href="/admin">Enrol the first one</a>: it takes a name, a well and a field.
        </>
      ) : (
        "An admin can enrol the first one."
      )}
    </Empty>
  );
}

function NoMatch({ frame, filter }: { readonly frame: Frame; readonly filter: RigsFilter }): Markup {
  return (
    <Empty>
      {`No rig matches ${wordsOf(filter).join(", ")}. `}
      <ClearFilters frame={frame} names={[...FIELDS, "state"]} />
    </Empty>
  );
}

function isFiltered(filter: RigsFilter): boolean {
  return wordsOf(filter).length > 0;
}

function wordsOf({ state, field, campaign, behind, oldSpoke, text }: RigsFilter): string[] {
  const words = [
    state === undefined ? "" : `state ${state}`,
    field === undefined ? "" : `field ${field}`,
    campaign === undefined ? "" : `campaign ${campaign}`,
    behind ? "behind the library" : "",
    oldSpoke ? "an older spoke" : "",
    text === undefined ? "" : `“${text}”`,
  ];
  return words.filter((word) => word !== "");
}
