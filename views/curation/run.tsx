import { episodeHref, eventHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Child, Markup } from "../jsx-runtime.ts";
import { Facts } from "../parts/facts.tsx";
import { number } from "../parts/numbers.ts";
import { Empty, Section } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { RunResult } from "./curation.tsx";
import { CAUSE_WORDS, type RunPage } from "./model.ts";

interface Props {
  readonly frame: Frame;
  readonly page: RunPage;
}

export function CurationRun({ frame, page }: Props): Markup {
  return (
    <>
      <Heading frame={frame} />
      {page.asked && (
        <p class="done" role="status">
          The run that you asked for is over.
        </p>
      )}
      <Facts facts={facts(frame, page)} />
      {page.failures.length > 0 && (
        <Section id="failures" title="Passed over">
          <Failures frame={frame} page={page} />
        </Section>
      )}
      <Section id="changes" title="What it changed">
        <Changes frame={frame} page={page} />
      </Section>
    </>
  );
}

function facts(frame: Frame, { run }: RunPage): [string, Child][] {
  return [
    ["Result", <RunResult run={run} />],
    ...(run.error === null ? [] : [["Error", <Words text={run.error} />] as [string, Child]]),
    ["Why", CAUSE_WORDS[run.cause]],
    ["Started", <Time iso={run.started_at} nowMs={frame.nowMs} />],
    ["Finished", <Time iso={run.finished_at} nowMs={frame.nowMs} />],
    ["Took", run.duration_ms === null ? "not known" : `${number(run.duration_ms)} ms`],
    ["Events read", number(run.events_read)],
    ["Episodes created", number(run.episodes_created)],
    ["Episodes changed", number(run.episodes_changed)],
    ["Events merged", number(run.events_merged)],
    ["Episodes re-scored", number(run.episodes_rescored)],
    ["Episodes archived", number(run.episodes_archived)],
    ["Events passed over", number(run.events_failed)],
  ];
}

function Failures({ frame, page }: Props): Markup {
  return (
    <Table
      frame={frame}
      caption="Events of this run that nothing could be made of"
      rows={page.failures}
      columns={[
        { label: "Event", heads: true, cell: ({ event_id }) => <a href={eventHref(event_id)}>{event_id}</a> },
        { label: "When", cell: ({ failed_at }) => <Time iso={failed_at} nowMs={frame.nowMs} /> },
        { label: "Error", kind: "words", cell: ({ error }) => <Words text={error} /> },
      ]}
    />
  );
}

function Changes({ frame, page }: Props): Markup {
  const { versions, episodes, partMax } = page;
  if (versions.length === 0) return <Empty>Nothing that rigs see.</Empty>;
  return (
    <>
      <p>
        {versions.map(({ version, changed, removed }) => (
          <>
            <a href={`/library/versions/${version}`}>{`Version ${version}`}</a>
            {`: ${number(changed)} changed, ${number(removed)} removed. `}
          </>
        ))}
      </p>
      {episodes.length > 0 && (
        <Table
          frame={frame}
          caption={episodes.length >= partMax ? `The first ${partMax} episodes` : "Its episodes"}
          rows={episodes}
          columns={[
            { label: "Episode", heads: true, cell: ({ episode_id: id }) => <a href={episodeHref(id)}>{id}</a> },
            { label: "What", cell: ({ kind }) => kind },
            { label: "Version", numeric: true, cell: ({ version }) => version },
          ]}
        />
      )}
    </>
  );
}
