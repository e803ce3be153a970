import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { CHANGE_WORDS, FieldChanges } from "../library/changes.tsx";
import { ABSENT, number } from "../parts/numbers.ts";
import { Empty, Section } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import type { EpisodeChange } from "./model.ts";

interface Props {
  readonly frame: Frame;
  readonly changes: readonly EpisodeChange[];
  readonly more: boolean;
}

export function History({ frame, changes, more }: Props): Markup {
  return (
    <Section id="history" title="History">
      {changes.length === 0 ? (
        <Empty>Nothing is on record: its last change is older than what the hub keeps of that.</Empty>
      ) : (
        <Table
          frame={frame}
          caption="What each version changed, the newest first"
          columns={columns(frame)}
          rows={changes}
          rowId={({ version }) => `version-${version}`}
        />
      )}
      {more && <p>{`Only the newest ${number(changes.length)} are shown.`}</p>}
    </Section>
  );
}

function columns(frame: Frame): Column<EpisodeChange>[] {
  return [
    {
      label: "Version",
      numeric: true,
      heads: true,
      cell: ({ version }) => <a href={`/library/versions/${version}`}>{number(version)}</a>,
    },
    { label: "When", cell: ({ committed_at }) => <Time iso={committed_at} nowMs={frame.nowMs} /> },
    { label: "How", cell: ({ kind }) => CHANGE_WORDS[kind] },
    { label: "Fields", kind: "words", cell: ({ fields }) => <FieldChanges fields={fields} /> },
    {
      label: "Run",
      numeric: true,
      hideBelow: "tablet",
      cell: ({ run_id: run }) => (run === null ? ABSENT : <a href={`/curation/runs/${run}`}>{number(run)}</a>),
    },
  ];
}
