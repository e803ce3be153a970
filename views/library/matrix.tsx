import { CAMPAIGNS, CATEGORIES } from "../../src/wire/vocabulary.ts";
import { address } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { number } from "../parts/numbers.ts";
import { Empty } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import type { LibraryFacts } from "./model.ts";

interface Line {
  readonly category: string;
  readonly cells: readonly number[];
}

/** What there is of each category and campaign, and what there is nothing of. */
export function Matrix({ frame, facts }: { readonly frame: Frame; readonly facts: LibraryFacts }): Markup {
  const { version, committed_at, active, archived, matrix } = facts;
  if (version === 0) return <Empty>The library is empty: no version of it was made yet.</Empty>;
  const gaps = matrix.filter(({ episodes }) => episodes === 0);
  return (
    <>
      <p>
        <a href={`/library/versions/${version}`}>{`Version ${number(version)}`}</a>
        {", "}
        <Time iso={committed_at} nowMs={frame.nowMs} />
        {`: ${number(active)} episodes, ${number(archived)} more archived.`}
      </p>
      <Table frame={frame} caption="Episodes by category and campaign" columns={columns()} rows={linesOf(facts)} />
      {gaps.length > 0 && (
        <p>
          <strong>Nothing yet of: </strong>
          {gaps.map(({ category, campaign }) => `${category} in ${campaign}`).join(", ")}.
        </p>
      )}
    </>
  );
}

function linesOf({ matrix }: LibraryFacts): Line[] {
  return CATEGORIES.map((category) => ({
    category,
    cells: CAMPAIGNS.map(
      (campaign) => matrix.find((cell) => cell.category === category && cell.campaign === campaign)?.episodes ?? 0,
    ),
  }));
}

function columns(): Column<Line>[] {
  return [
    {
      label: "Category",
      heads: true,
      cell: ({ category }) => <a href={address("/library", { category })}>{category}</a>,
    },
    ...CAMPAIGNS.map((campaign, at) => ({
      label: campaign,
      numeric: true,
      cell: ({ category, cells }: Line) => <Cell category={category} campaign={campaign} episodes={cells[at] ?? 0} />,
    })),
    { label: "All", numeric: true, cell: ({ cells }) => number(cells.reduce((sum, count) => sum + count, 0)) },
  ];
}

function Cell(props: { readonly category: string; readonly campaign: string; readonly episodes: number }): Markup {
  const { category, campaign, episodes } = props;
  if (episodes === 0) return <span class="gap">none</span>;
  return <a href={address("/library", { category, campaign })}>{number(episodes)}</a>;
}
