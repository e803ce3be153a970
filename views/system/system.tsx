import { address } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Badge } from "../parts/badges.tsx";
import { Facts } from "../parts/facts.tsx";
import { ABSENT, bytes, longDuration, number } from "../parts/numbers.ts";
import { Empty, PanelSection, Section } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Database } from "./database.tsx";
import type { Backup, SystemPage } from "./model.ts";
import { Tunnel } from "./tunnel.tsx";

interface Props {
  readonly frame: Frame;
  readonly page: SystemPage;
}

export function System({ frame, page }: Props): Markup {
  return (
    <>
      <Heading frame={frame} />
      <PanelSection
        frame={frame}
        id="backups"
        title="Backups"
        panel={page.backups}
        show={(rows) => <Backups frame={frame} rows={rows} />}
      />
      <PanelSection
        frame={frame}
        id="database"
        title="Database"
        panel={page.database}
        show={(state) => <Database frame={frame} state={state} />}
      />
      <PanelSection
        frame={frame}
        id="tunnel"
        title="Tunnel"
        panel={page.tunnel}
        show={(state) => <Tunnel frame={frame} state={state} />}
      />
      <PanelSection
        frame={frame}
        id="versions"
        title="Versions"
        panel={page.versions}
        show={({ hub, wire, spokes }) => (
          <>
            <Facts
              facts={[
                ["Hub", hub],
                ["Wire", number(wire)],
              ]}
            />
            {spokes.length === 0 ? <Empty>No rig is enrolled yet.</Empty> : <Spokes frame={frame} spokes={spokes} />}
          </>
        )}
      />
      <Section id="faults" title="Recent faults">
        <Faults frame={frame} faults={page.faults} />
      </Section>
      <Section id="limits" title="Limits and settings in force">
        <Limits frame={frame} limits={page.limits} />
      </Section>
      <Section id="licences" title="Licences">
        <Licences frame={frame} licences={page.licences} />
      </Section>
    </>
  );
}

function Backups({ frame, rows }: { readonly frame: Frame; readonly rows: readonly Backup[] }): Markup {
  const last = (kind: Backup["kind"]): string | undefined => rows.find((row) => row.kind === kind && row.ok)?.at;
  return (
    <>
      <Facts
        facts={[
          ["Last made", <LastTime iso={last("backup")} nowMs={frame.nowMs} never="never" />],
          [
            "Last restored and compared",
            <LastTime
              iso={last("restore")}
              nowMs={frame.nowMs}
              never="never: a backup nobody restored proves nothing"
            />,
          ],
        ]}
      />
      {rows.length > 0 && (
        <Table
          frame={frame}
          caption="The newest backups and proofs"
          rows={rows}
          columns={[
            { label: "When", heads: true, cell: ({ at }) => <Time iso={at} nowMs={frame.nowMs} /> },
            { label: "What", cell: ({ kind }) => (kind === "backup" ? "backup made" : "restored and compared") },
            { label: "Result", cell: ({ ok }) => <Result ok={ok} /> },
            { label: "Size", numeric: true, cell: ({ bytes: size }) => bytes(size) },
            { label: "Took", numeric: true, cell: ({ took_s }) => longDuration(took_s) },
          ]}
        />
      )}
    </>
  );
}

function LastTime(props: { readonly iso: string | undefined; readonly nowMs: number; readonly never: string }): Markup {
  if (props.iso === undefined) return <strong class="problem">{props.never}</strong>;
  return <Time iso={props.iso} nowMs={props.nowMs} />;
}

function Result({ ok }: { readonly ok: boolean }): Markup {
  return ok ? <Badge sign="✓" word="good" kind="outcome" /> : <Badge sign="✕" word="failed" kind="problem" />;
}

type Of<Name extends keyof SystemPage> = SystemPage[Name];

function Spokes(props: {
  readonly frame: Frame;
  readonly spokes: readonly { spoke_version: string | null; rigs: number }[];
}): Markup {
  return (
    <Table
      frame={props.frame}
      caption="Spokes by version, revoked rigs left out"
      rows={props.spokes}
      columns={[
        { label: "Version", heads: true, cell: ({ spoke_version }) => spoke_version ?? "does not say" },
        { label: "Rigs", numeric: true, cell: ({ rigs }) => number(rigs) },
      ]}
    />
  );
}

function Faults({ frame, faults }: { readonly frame: Frame; readonly faults: Of<"faults"> }): Markup {
  if (faults.length === 0) return <Empty>This hub answered every request since it started.</Empty>;
  return (
    <Table
      frame={frame}
      caption="The newest requests that this process failed at; its log tells more of each by its id"
      rows={faults}
      columns={[
        { label: "When", heads: true, cell: ({ at }) => <Time iso={at} nowMs={frame.nowMs} /> },
        { label: "Request", cell: ({ request_id }) => <code>{request_id}</code> },
        { label: "Route", cell: ({ method, route }) => `${method} ${route}` },
        { label: "Status", numeric: true, cell: ({ status }) => status },
      ]}
    />
  );
}

function Limits({ frame, limits }: { readonly frame: Frame; readonly limits: Of<"limits"> }): Markup {
  return (
    <Table
      frame={frame}
      caption="Settings of this hub; secrets are not among them"
      rows={limits}
      columns={[
        { label: "Setting", heads: true, cell: ({ name }) => <code>{name}</code> },
        { label: "Value", cell: ({ value, standard }) => (standard ? value : <strong>{`${value} (changed)`}</strong>) },
        { label: "Meaning", kind: "words", cell: ({ meaning }) => meaning },
      ]}
    />
  );
}

function Licences({ frame, licences }: { readonly frame: Frame; readonly licences: Of<"licences"> }): Markup {
  return (
    <>
      <p>
        Fleet Hub is under the Apache-2.0 licence; the wire is described at <a href={address("/openapi")}>/openapi</a>.
      </p>
      <details>
        <summary>{`${number(licences.length)} packages in this executable`}</summary>
        <Table
          frame={frame}
          caption="Packages and their licences"
          rows={licences}
          columns={[
            { label: "Package", heads: true, cell: ({ name }) => name },
            { label: "Version", cell: ({ version }) => version },
            { label: "Licence", cell: ({ licence }) => (licence === "" ? ABSENT : licence) },
          ]}
        />
      </details>
    </>
  );
}
