import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { ABSENT } from "../parts/numbers.ts";
import { Empty } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { Words } from "../parts/words.tsx";
import type { Enrolment, RigPage } from "./model.ts";
import type { When } from "./when.tsx";

interface Props {
  readonly frame: Frame;
  readonly page: RigPage;
  readonly when: When;
}

interface Key {
  readonly name: string;
  readonly issued: string | null;
  readonly used: string | null;
  readonly until: string | null;
}

/** Which key the rig uses decides when the old one may end. Keys themselves are shown once, when they are made. */
export function Keys({ frame, page, when }: Props): Markup {
  if (page.line.state === "revoked") return <Empty>No key of it opens anything: it is revoked.</Empty>;
  return (
    <>
      <Table
        frame={frame}
        caption="Keys of the rig"
        rows={keysOf(page)}
        columns={[
          { label: "Key", heads: true, cell: ({ name }) => name },
          { label: "Issued", cell: ({ issued }) => when(issued) },
          { label: "Last used", cell: ({ used }) => when(used) },
          { label: "Good until", cell: ({ until }) => (until === null ? ABSENT : when(until)) },
        ]}
      />
      {page.enrolment !== null && <Code enrolment={page.enrolment} when={when} />}
    </>
  );
}

function keysOf({ line, facts }: RigPage): Key[] {
  const { previous_key_until: until } = line;
  const current = { name: "current", issued: line.key_issued_at, used: facts.key_used_at, until: null };
  if (until === null) return [current];
  return [current, { name: "previous", issued: null, used: facts.previous_key_used_at, until }];
}

function Code({ enrolment, when }: { readonly enrolment: Enrolment; readonly when: When }): Markup {
  const { state, created_at, created_by, expires_at, used_at, used_from, cancelled_at } = enrolment;
  return (
    <p>
      Newest enrolment code: made by <Words text={created_by} />, {when(created_at)};{" "}
      {state === "used" && (
        <>
          used {when(used_at)} from <Words text={used_from} />
        </>
      )}
      {state === "cancelled" && <>cancelled {when(cancelled_at)}</>}
      {state === "expired" && <>expired unused {when(expires_at)}</>}
      {state === "open" && <>good until {when(expires_at)}</>}
    </p>
  );
}
