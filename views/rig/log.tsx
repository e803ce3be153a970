import { address, eventHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { bytes, number } from "../parts/numbers.ts";
import { Empty } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { Words } from "../parts/words.tsx";
import type { RigLog } from "./model.ts";
import type { When } from "./when.tsx";

interface Props {
  readonly frame: Frame;
  readonly log: RigLog;
  readonly when: When;
}

export function Syncs({ frame, log: { syncs }, when }: Props): Markup {
  const [newest] = syncs;
  if (newest === undefined) return <Empty>No episode was sent to it yet.</Empty>;
  return (
    <>
      <p>
        {`Newest: ${number(newest.episodes_sent)} episodes of version ${number(newest.library_version)}, `}
        {when(newest.synced_at)}
      </p>
      <details>
        <summary>{`The newest ${number(syncs.length)}`}</summary>
        <Table
          frame={frame}
          caption="Syncs that brought episodes, newest first"
          rows={syncs}
          columns={[
            { label: "Time", heads: true, cell: ({ synced_at }) => when(synced_at) },
            { label: "Episodes", numeric: true, cell: ({ episodes_sent }) => number(episodes_sent) },
            { label: "Version", numeric: true, cell: ({ library_version }) => number(library_version) },
            { label: "Bytes", numeric: true, cell: (sync) => bytes(sync.bytes) },
            { label: "Clock offset, s", numeric: true, cell: ({ clock_offset_s: s }) => number(s, 1) },
          ]}
        />
      </details>
    </>
  );
}

export function Quarantined({ frame, log, when }: Props): Markup {
  if (log.quarantined.length === 0) return <Empty>Nothing of it waits for a person.</Empty>;
  return (
    <>
      <Table
        frame={frame}
        caption="Kept aside until a person decides, newest first"
        rows={log.quarantined}
        columns={[
          { label: "Event", heads: true, cell: ({ event_id: id }) => <a href={eventHref(id)}>{id}</a> },
          { label: "Reason", cell: ({ reason }) => reason.replaceAll("_", " ") },
          { label: "Detail", kind: "words", cell: ({ detail }) => <Words text={detail} short /> },
          { label: "Received", cell: ({ received_at }) => when(received_at) },
        ]}
      />
      <p>
        <a href={address("/quarantine")}>
          {log.more_quarantined ? "There are more in quarantine" : "Decide in quarantine"}
        </a>
      </p>
    </>
  );
}

export function Refusals({ frame, log: { refusals }, when }: Props): Markup {
  if (refusals.length === 0) return <Empty>The hub refused nothing of it.</Empty>;
  return (
    <Table
      frame={frame}
      caption="What the hub refused, a row each reason"
      rows={refusals}
      columns={[
        { label: "Reason", heads: true, cell: ({ code }) => code.replaceAll("_", " ") },
        { label: "Times", numeric: true, cell: (row) => number(row.refusals) },
        { label: "Last", cell: ({ last_at }) => when(last_at) },
        { label: "What it was told", kind: "words", cell: (row) => <Words text={row.last_sentence} short /> },
        { label: "Event", cell: ({ last_event_id: id }) => <Words text={id} short /> },
        { label: "First", cell: ({ first_at }) => when(first_at) },
      ]}
    />
  );
}

export function Drops({ frame, log: { drops }, when }: Props): Markup {
  if (drops.length === 0) return <Empty>It told of no event that it dropped.</Empty>;
  return (
    <Table
      frame={frame}
      caption="Events that the rig dropped for want of room, as it told"
      rows={drops}
      columns={[
        { label: "Told", heads: true, cell: ({ told_at }) => when(told_at) },
        { label: "Events", numeric: true, cell: ({ events }) => number(events) },
      ]}
    />
  );
}
