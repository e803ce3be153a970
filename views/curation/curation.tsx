import { address, eventHref, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Action } from "../parts/action.tsx";
import { Badge } from "../parts/badges.tsx";
import { Facts } from "../parts/facts.tsx";
import { Choice, ClearFilters, Filters } from "../parts/filters.tsx";
import { ABSENT, countTo, longDuration, number } from "../parts/numbers.ts";
import { Pager } from "../parts/pager.tsx";
import { Empty, Section } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { PlannedTime, Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { CAUSE_WORDS, type CurationPage, type RunLine } from "./model.ts";

const FILTERS = ["cause", "kind"] as const;

interface Props {
  readonly frame: Frame;
  readonly page: CurationPage;
}

export function Curation({ frame, page }: Props): Markup {
  const { filter, runs } = page;
  return (
    <>
      <Heading frame={frame}>
        <Action frame={frame} action="/curation/run" label="Run now" />
      </Heading>
      <State frame={frame} page={page} />
      {page.state.uncurated.length > 0 && <Uncurated frame={frame} page={page} />}
      <Section id="runs" title="Runs">
        <Filters frame={frame} names={FILTERS}>
          <Choice name="cause" label="Why" values={Object.keys(CAUSE_WORDS)} chosen={filter.cause} />
          <Choice name="kind" label="What came of it" values={["changed", "failed"]} chosen={filter.kind} />
        </Filters>
        {runs.length === 0 ? (
          <NoRuns frame={frame} page={page} />
        ) : (
          <Table
            frame={frame}
            caption="Curation runs, newest first"
            columns={columns(frame)}
            rows={runs}
            rowId={({ id }) => `run-${id}`}
            waits="runs"
          />
        )}
        <Pager frame={frame} next={page.next} size={page.size} />
      </Section>
    </>
  );
}

function State({ frame, page }: Props): Markup {
  const { state, backlogMax } = page;
  const { nowMs } = frame;
  return (
    <Facts
      facts={[
        [
          "Waiting",
          <>
            {`${countTo(state.backlog, backlogMax)} events`}
            {state.backlog_since !== null && [", the oldest since ", <Time iso={state.backlog_since} nowMs={nowMs} />]}
          </>,
        ],
        ["Last good run", <Time iso={state.last_success} nowMs={nowMs} />],
        [
          "Next by schedule",
          state.next_scheduled === null ? (
            "no hub has run on schedule yet"
          ) : (
            <PlannedTime iso={state.next_scheduled} nowMs={nowMs} />
          ),
        ],
        ["Every", longDuration(state.interval_s)],
        ["This hub", state.curates ? "curates" : "leaves curation to another one, but runs when asked"],
        ...(state.last_error === null
          ? []
          : [["Last run failed", <Words text={state.last_error} />] as [string, Markup]]),
      ]}
    />
  );
}

function Uncurated({ frame, page }: Props): Markup {
  return (
    <Section id="uncurated" title="Events that nothing could be made of">
      <Table
        frame={frame}
        caption="They are passed over until they change; each page has a press to try again"
        rows={page.state.uncurated}
        columns={[
          { label: "Event", heads: true, cell: ({ id }) => <a href={eventHref(id)}>{id}</a> },
          { label: "Rig", cell: ({ rig_id }) => <a href={rigHref(rig_id)}>{rig_id}</a> },
          { label: "Time", cell: ({ timestamp }) => <Time iso={timestamp} nowMs={frame.nowMs} /> },
          { label: "Why", kind: "words", cell: ({ curation_error }) => <Words text={curation_error} /> },
        ]}
      />
    </Section>
  );
}

function NoRuns({ frame, page }: Props): Markup {
  if (page.filter.cause === undefined && page.filter.kind === undefined) {
    return <Empty>Curation has not run yet: the first events start it, some seconds after they arrive.</Empty>;
  }
  return (
    <Empty>
      No run of the last 30 days matches. <ClearFilters frame={frame} names={FILTERS} />
    </Empty>
  );
}

function columns(frame: Frame): readonly Column<RunLine>[] {
  const count = (label: string, of: (run: RunLine) => number): Column<RunLine> => ({
    label,
    numeric: true,
    cell: (run) => number(of(run)),
  });
  return [
    {
      label: "Started",
      heads: true,
      cell: ({ id, started_at }) => (
        <a href={address(`/curation/runs/${id}`, { from: frame.here })}>
          <Time iso={started_at} nowMs={frame.nowMs} />
        </a>
      ),
    },
    { label: "Why", cell: ({ cause }) => CAUSE_WORDS[cause] },
    { label: "Result", cell: (run) => <RunResult run={run} /> },
    { label: "ms", numeric: true, cell: ({ duration_ms }) => number(duration_ms) },
    count("Read", ({ events_read }) => events_read),
    count("Created", ({ episodes_created }) => episodes_created),
    count("Merged", ({ events_merged }) => events_merged),
    count("Re-scored", ({ episodes_rescored }) => episodes_rescored),
    count("Archived", ({ episodes_archived }) => episodes_archived),
    count("Failed", ({ events_failed }) => events_failed),
    {
      label: "Version",
      numeric: true,
      cell: ({ version }) => (version === null ? ABSENT : <a href={`/library/versions/${version}`}>{version}</a>),
    },
  ];
}

export function RunResult({ run }: { readonly run: RunLine }): Markup {
  if (run.error !== null) return <Badge sign="✕" word="broke off" kind="problem" />;
  if (run.finished_at === null) return <Badge sign="…" word="running, or its hub died" kind="outcome" />;
  if (run.events_failed > 0) return <Badge sign="▲" word="passed some over" kind="risk-high" />;
  return <Badge sign="✓" word="good" kind="outcome" />;
}
