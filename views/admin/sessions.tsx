import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Action } from "../parts/action.tsx";
import { Section } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Agreed } from "./agreed.tsx";
import { Until } from "./until.tsx";
import type { SessionLine, SessionsPage } from "./model.ts";

export function SessionsView({ frame, page }: { readonly frame: Frame; readonly page: SessionsPage }): Markup {
  return (
    <>
      <Heading frame={frame}>
        <a href="/admin">Admin</a>
      </Heading>
      {page.done !== undefined && (
        <p class="done" role="status">
          {page.done}
        </p>
      )}
      <p>A session ends after 30 minutes without use, after 12 hours, and with the key that opened it.</p>
      <Table
        frame={frame}
        caption="Who is signed in"
        columns={columns(frame, page.ownId)}
        rows={page.sessions}
        rowId={({ id }) => `session-${id}`}
      />
      {page.sessions.length > 1 && (
        <Section id="others" title="All others">
          <Action frame={frame} action="/admin/sessions/end-others" label="End all other sessions" dangerous>
            <Agreed>Everybody but you has to sign in again.</Agreed>
          </Action>
        </Section>
      )}
    </>
  );
}

function columns(frame: Frame, ownId: number): readonly Column<SessionLine>[] {
  const { nowMs } = frame;
  return [
    {
      label: "Session",
      heads: true,
      cell: ({ id }) => (id === ownId ? `${id}, this one` : `${id}`),
    },
    { label: "Role", cell: ({ role }) => role },
    { label: "From", cell: ({ address }) => address },
    { label: "Last used", cell: ({ last_used_at }) => <Time iso={last_used_at} nowMs={nowMs} /> },
    { label: "Signed in", hideBelow: "tablet", cell: ({ created_at }) => <Time iso={created_at} nowMs={nowMs} /> },
    {
      label: "Ends at the latest",
      hideBelow: "desk",
      cell: ({ expires_at }) => <Until iso={expires_at} nowMs={nowMs} />,
    },
    {
      label: "End",
      cell: ({ id, role }) =>
        id === ownId ? (
          "sign out instead"
        ) : (
          <Action frame={frame} action={`/admin/sessions/${id}/end`} label={`End ${role} session ${id}`} />
        ),
    },
  ];
}
