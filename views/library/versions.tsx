import { address, episodeHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Facts } from "../parts/facts.tsx";
import { ABSENT, number } from "../parts/numbers.ts";
import { Pager } from "../parts/pager.tsx";
import { Empty, Section } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { CAUSE_WORDS, CHANGE_WORDS, FieldChanges } from "./changes.tsx";
import type { VersionChange, VersionItem, VersionPage, VersionsPage } from "./model.ts";

export function Versions({ frame, page }: { readonly frame: Frame; readonly page: VersionsPage }): Markup {
  const { versions, next, size } = page;
  return (
    <div class="library">
      <Heading frame={frame}>
        <a href="/library">Library</a>
      </Heading>
      {versions.length === 0 ? (
        <Empty>No version was made yet. Curation makes the first one from the first event.</Empty>
      ) : (
        <Table
          frame={frame}
          caption="Versions, the newest first: what each changed for rigs"
          columns={versionColumns(frame)}
          rows={versions}
          rowId={({ version }) => `version-${version}`}
          waits="versions"
        />
      )}
      <Pager frame={frame} next={next} size={size} />
    </div>
  );
}

function versionColumns(frame: Frame): Column<VersionItem>[] {
  return [
    { label: "Version", numeric: true, heads: true, cell: ({ version }) => <VersionLink version={version} /> },
    { label: "Made", cell: ({ committed_at }) => <Time iso={committed_at} nowMs={frame.nowMs} /> },
    { label: "Episodes sent", numeric: true, cell: ({ changed }) => number(changed) },
    { label: "Episodes taken back", numeric: true, cell: ({ removed }) => number(removed) },
    { label: "Made by", cell: (version) => <MadeBy version={version} /> },
  ];
}

function VersionLink({ version }: { readonly version: number }): Markup {
  return <a href={`/library/versions/${version}`}>{number(version)}</a>;
}

function MadeBy({ version: { run_id: run, cause } }: { readonly version: VersionItem }): Markup {
  if (run === null) return <span>a purge</span>;
  if (cause === null) return <span>{`run ${run}, no longer on record`}</span>;
  return (
    <>
      <a href={`/curation/runs/${run}`}>{`run ${run}`}</a>
      {`, ${CAUSE_WORDS[cause]}`}
    </>
  );
}

export function Version({ frame, page }: { readonly frame: Frame; readonly page: VersionPage }): Markup {
  const { version, changes, next, size } = page;
  const { older, newer } = version;
  return (
    <div class="library">
      <Heading frame={frame}>
        <a href="/library/versions">All versions</a>
      </Heading>
      <Facts
        facts={[
          ["Made", <Time iso={version.committed_at} nowMs={frame.nowMs} />],
          ["Made by", <MadeBy version={version} />],
          ["Episodes sent", number(version.changed)],
          ["Episodes taken back", number(version.removed)],
          ["Before it", older === null ? ABSENT : <VersionLink version={older} />],
          ["After it", newer === null ? "it is the newest" : <VersionLink version={newer} />],
        ]}
      />
      <Section id="changes" title="What it changed">
        {changes.length === 0 ? (
          <Empty>What this version changed is not on record: it is older than what the hub keeps of that.</Empty>
        ) : (
          <Table
            frame={frame}
            caption="Episodes and their fields, before and after"
            columns={changeColumns(frame)}
            rows={changes}
            rowId={({ episode_id }) => `change-${episode_id}`}
          />
        )}
        <Pager frame={frame} next={next} size={size} />
      </Section>
    </div>
  );
}

function changeColumns(frame: Frame): Column<VersionChange>[] {
  return [
    {
      label: "Episode",
      heads: true,
      cell: ({ episode_id: id, there }) =>
        there ? <a href={address(episodeHref(id), { from: frame.here })}>{id}</a> : id,
    },
    { label: "How", cell: ({ kind }) => CHANGE_WORDS[kind] },
    { label: "Fields", kind: "words", cell: ({ fields }) => <FieldChanges fields={fields} /> },
  ];
}
