import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES } from "../../src/wire/vocabulary.ts";
import { address, episodeHref, rigHref, withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Outcome, Risk } from "../parts/badges.tsx";
import { Choice, ClearFilters, Field, Filters } from "../parts/filters.tsx";
import { countTo, number } from "../parts/numbers.ts";
import { Pager } from "../parts/pager.tsx";
import { Empty, PanelSection, Section } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { Ages, Pending, Rigs, Scores } from "./charts.tsx";
import { Matrix } from "./matrix.tsx";
import { ARCHIVE_WORDS, filterWords, LIBRARY_FILTERS, type EpisodeItem, type LibraryPage } from "./model.ts";
import { Preview } from "./preview.tsx";

const SCORE_DIGITS = 4;

interface Props {
  readonly frame: Frame;
  readonly page: LibraryPage;
}

export function Library({ frame, page }: Props): Markup {
  const { facts, filter } = page;
  return (
    <div class="library">
      <Heading frame={frame}>
        <a href="/library/versions">Versions</a>
      </Heading>
      {facts !== undefined && (
        <div class="grid">
          <PanelSection
            frame={frame}
            id="holds"
            title="What it holds"
            panel={facts}
            show={(value) => <Matrix frame={frame} facts={value} />}
          />
          {"value" in facts && <Scores facts={facts.value} />}
        </div>
      )}
      <Section id="episodes" title={filter.archived ? "Archived episodes" : "Episodes"}>
        <Kinds frame={frame} archived={filter.archived} />
        <List frame={frame} page={page} />
      </Section>
      {facts !== undefined && "value" in facts && (
        <div class="grid">
          <Ages facts={facts.value} />
          <Rigs facts={facts.value} />
          <Pending facts={facts.value} />
        </div>
      )}
      {facts !== undefined && "value" in facts && <Preview frame={frame} facts={facts.value} />}
    </div>
  );
}

/** Two lists, and each has an order of its own: going over leaves order and place behind. */
function Kinds({ frame, archived }: { readonly frame: Frame; readonly archived: boolean }): Markup {
  const to = (value: boolean): string => withQuery(frame.here, { archived: value, sort: undefined, after: undefined });
  return (
    <nav class="kinds" aria-label="Which episodes">
      <a href={to(false)} aria-current={archived ? undefined : "true"}>
        In the library
      </a>
      <a href={to(true)} aria-current={archived ? "true" : undefined}>
        Archived
      </a>
    </nav>
  );
}

function List({ frame, page }: Props): Markup {
  const { filter, rows, sort, size, next, total, totalMax } = page;
  const words = total === 1 ? "episode" : "episodes";
  return (
    <>
      <Filters frame={frame} names={LIBRARY_FILTERS}>
        <Choice name="category" label="Category" values={CATEGORIES} chosen={filter.category} />
        <Choice name="campaign" label="Campaign" values={CAMPAIGNS} chosen={filter.campaign} />
        <Choice name="outcome" label="Outcome" values={OUTCOME_NAMES} chosen={filter.outcome} />
        <Field name="rig" label="Rig" value={filter.rig} />
        <Field name="score_min" label="Score from" type="number" value={filter.score_min} />
        <Field name="score_max" label="Score to" type="number" value={filter.score_max} />
      </Filters>
      {rows.length === 0 ? (
        <Nothing frame={frame} page={page} />
      ) : (
        <Table
          frame={frame}
          caption={filter.archived ? "Archived episodes, the last one first" : "Episodes; a score leads to its reasons"}
          columns={filter.archived ? archivedColumns(frame) : activeColumns(frame)}
          rows={rows}
          rowId={({ id }) => `episode-${id}`}
          sort={sort}
          waits="episodes"
        />
      )}
      <Pager frame={frame} next={next} size={size} total={`${countTo(total, totalMax)} ${words}`}>
        <a href={fileHref(frame, page)} download>
          CSV
        </a>
      </Pager>
    </>
  );
}

function fileHref(frame: Frame, { filter, sort }: LibraryPage): string {
  const zone = frame.zone === "utc" ? undefined : frame.zone;
  const standard = filter.archived ? "-archived" : "-score";
  return address("/library.csv", { ...filter, sort: sort === standard ? undefined : sort, zone });
}

function Nothing({ frame, page: { filter } }: Props): Markup {
  const words = filterWords(filter).filter(([name]) => name !== "archived");
  if (words.length > 0) {
    return (
      <Empty>
        {`No episode has ${words.map(([name, value]) => `${name} ${value}`).join(" and ")}. `}
        <ClearFilters frame={frame} names={LIBRARY_FILTERS} />
      </Empty>
    );
  }
  if (filter.archived)
    return <Empty>Nothing was archived yet. The schedule archives what is old or scores least.</Empty>;
  return (
    <Empty>
      No episodes yet. Curation makes them from events, some seconds after these arrive:{" "}
      <a href="/rigs">see the rigs</a>.
    </Empty>
  );
}

function activeColumns(frame: Frame): Column<EpisodeItem>[] {
  return [
    scoreColumn(frame, "score"),
    ...placeColumns(frame, "time"),
    ...whatColumns(),
    { label: "Version", numeric: true, sort: "version", hideBelow: "desk", cell: ({ version }) => number(version) },
  ];
}

function archivedColumns(frame: Frame): Column<EpisodeItem>[] {
  return [
    scoreColumn(frame),
    {
      label: "Archived",
      sort: "archived",
      cell: ({ archived_at }) => <Time iso={archived_at} nowMs={frame.nowMs} />,
    },
    { label: "Why", cell: ({ archived_reason: why }) => (why === null ? "" : ARCHIVE_WORDS[why]) },
    ...placeColumns(frame),
    ...whatColumns(),
  ];
}

function scoreColumn({ here }: Frame, sort?: string): Column<EpisodeItem> {
  return {
    label: "Score",
    numeric: true,
    heads: true,
    ...(sort === undefined ? {} : { sort }),
    cell: ({ id, score }) => <a href={address(episodeHref(id), { from: here })}>{number(score, SCORE_DIGITS)}</a>,
  };
}

function placeColumns(frame: Frame, sort?: string): Column<EpisodeItem>[] {
  return [
    { label: "Category", cell: ({ category }) => category },
    { label: "Outcome", cell: ({ outcome }) => <Outcome name={outcome} /> },
    { label: "Rig", cell: ({ rig_id }) => <a href={rigHref(rig_id)}>{rig_id}</a> },
    {
      label: "Time",
      ...(sort === undefined ? {} : { sort }),
      cell: ({ timestamp, time_zone }) => (
        <Time iso={timestamp} nowMs={frame.nowMs} zone={frame.zone} timeZone={time_zone} />
      ),
    },
  ];
}

function whatColumns(): Column<EpisodeItem>[] {
  return [
    { label: "What worked", kind: "words", cell: ({ resolution }) => <Words text={resolution} short /> },
    { label: "Risk", hideBelow: "tablet", cell: ({ risk_level }) => <Risk level={risk_level} /> },
    { label: "Depth, ft", numeric: true, hideBelow: "tablet", cell: depthText },
    { label: "Campaign", hideBelow: "desk", cell: ({ campaign }) => campaign },
    { label: "Events", numeric: true, hideBelow: "tablet", cell: ({ event_count }) => number(event_count) },
  ];
}

function depthText({ depth_min, depth_max }: EpisodeItem): string {
  return depth_min === depth_max ? number(depth_min, 1) : `${number(depth_min, 1)} – ${number(depth_max, 1)}`;
}
