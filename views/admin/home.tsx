import { address } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { number } from "../parts/numbers.ts";
import { Empty, Section } from "../parts/panel.tsx";
import { EnrolForm } from "./enrol-form.tsx";
import { EnrolmentTable } from "./enrolment-table.tsx";
import type { AdminHome } from "./model.ts";
import { ViewerKeySection } from "./viewer-key.tsx";

interface Props {
  readonly frame: Frame;
  readonly page: AdminHome;
}

export function AdminView({ frame, page }: Props): Markup {
  return (
    <>
      <Heading frame={frame}>
        <nav class="links" aria-label="Admin">
          <a href="/admin/audit">Audit</a>
          {page.sessions !== null && <a href="/admin/sessions">{`Sessions (${number(page.sessions)})`}</a>}
          <a href="/rigs">Rigs and their keys</a>
        </nav>
      </Heading>
      {page.done !== undefined && (
        <p class="done" role="status">
          {page.done}
        </p>
      )}
      <EnrolForm frame={frame} page={page} />
      <Section id="codes" title="Enrolment codes">
        {page.enrolments.length === 0 ? (
          <Empty>
            No code was given out yet. <a href={address("/admin", {})}>Enrol a rig</a> with the form above.
          </Empty>
        ) : (
          <EnrolmentTable frame={frame} rows={page.enrolments} />
        )}
      </Section>
      <ViewerKeySection frame={frame} state={page.viewerKey} />
    </>
  );
}
