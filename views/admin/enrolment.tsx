import { address, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Action } from "../parts/action.tsx";
import { Section } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { EnrolmentBadge } from "./enrolment-state.tsx";
import { Until } from "./until.tsx";
import type { EnrolmentLine, EnrolmentPage, Qr } from "./model.ts";

/** While somebody waits for a rig, this is how often the page asks; only when it is visible, as every page. */
const TICK_S = 5;

interface Props {
  readonly frame: Frame;
  readonly page: EnrolmentPage;
}

export function EnrolmentView({ frame, page }: Props): Markup {
  const { enrolment, shownOnce } = page;
  return (
    <>
      <Heading frame={frame}>
        <a href="/admin">Admin</a>
      </Heading>
      <div
        id="live"
        data-shown=""
        data-tick={TICK_S}
        hx-get={`/admin/enrolments/${enrolment.id}`}
        hx-trigger="fleet:tick"
        hx-swap="innerMorph"
      >
        <Progress frame={frame} enrolment={enrolment} />
      </div>
      {shownOnce === undefined ? <Closed frame={frame} enrolment={enrolment} /> : <Code shown={shownOnce} />}
      <Section id="settings" title="Settings of the spoke">
        <p>
          The command writes them itself. To prepare the machine beforehand, put this at{" "}
          <code>/etc/fleet-spoke/fleet.toml</code>; it holds no secret.
        </p>
        <pre class="paper" tabindex="0" role="region" aria-label="Settings">
          {page.toml}
        </pre>
        <p>
          <a href={address(`/admin/enrolments/${enrolment.id}/fleet.toml`, { hub: page.hubUrl })} download="fleet.toml">
            Download fleet.toml
          </a>
        </p>
      </Section>
    </>
  );
}

/** The part that moves by itself from "waiting" to "connected". */
export function Progress(props: { readonly frame: Frame; readonly enrolment: EnrolmentLine }): Markup {
  const { enrolment, frame } = props;
  const { nowMs, zone } = frame;
  const time = (iso: string | null): Markup => (
    <Time iso={iso} nowMs={nowMs} zone={zone} timeZone={enrolment.time_zone} />
  );
  return (
    <section class="panel progress" aria-label="How far the rig has come">
      <p class="progress-state" role="status">
        <EnrolmentBadge enrolment={enrolment} />
      </p>
      <dl class="facts">
        <dt>Rig</dt>
        <dd>
          {enrolment.used_at === null ? (
            <Words text={enrolment.rig_id} />
          ) : (
            <a href={rigHref(enrolment.rig_id)}>
              <Words text={enrolment.rig_id} />
            </a>
          )}
        </dd>
        <dt>Well, field</dt>
        <dd>
          <Words text={enrolment.well_id} />, <Words text={enrolment.field} />
        </dd>
        <dt>Code made</dt>
        <dd>{time(enrolment.created_at)}</dd>
        {enrolment.used_at === null ? (
          <>
            <dt>Good until</dt>
            <dd>
              <Until iso={enrolment.expires_at} nowMs={nowMs} />
            </dd>
          </>
        ) : (
          <>
            <dt>Code used</dt>
            <dd>
              {time(enrolment.used_at)} from <Words text={enrolment.used_from} />
            </dd>
            <dt>Last heard of</dt>
            <dd>{time(enrolment.heard_at)}</dd>
            <dt>First sync</dt>
            <dd>{time(enrolment.first_sync_at)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Code({ shown }: { readonly shown: NonNullable<EnrolmentPage["shownOnce"]> }): Markup {
  const { code, command, qr } = shown;
  return (
    <Section id="code" title="Code, shown this once">
      <div class="once">
        <div>
          <p class="code">
            <code>{code}</code>
          </p>
          <p>On the rig's machine, as the user who owns its settings:</p>
          <pre class="paper" tabindex="0" role="region" aria-label="Command">
            {command}
          </pre>
          <p>
            <small>
              Leave this page open and watch it connect. The hub keeps no copy of the code: when you leave, a new one
              has to be made.
            </small>
          </p>
        </div>
        <QrCode qr={qr} />
      </div>
    </Section>
  );
}

/** Dark on light in every theme: cameras want it so. */
function QrCode({ qr: { size, path } }: { readonly qr: Qr }): Markup {
  return (
    <figure class="qr">
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label="The command as a QR code"
        shape-rendering="crispEdges"
      >
        <rect class="qr-ground" width={size} height={size}></rect>
        <path class="qr-ink" d={path}></path>
      </svg>
      <figcaption>The command, for a phone or tablet</figcaption>
    </figure>
  );
}

function Closed({ frame, enrolment }: { readonly frame: Frame; readonly enrolment: EnrolmentLine }): Markup {
  const { id, state, rig_id, well_id, field, time_zone } = enrolment;
  if (state === "waiting") {
    return (
      <Section id="code" title="Code">
        <p>
          It was shown once, when it was made, and is kept nowhere. If it is lost, make a new one: this one then ends.
        </p>
        <Action
          frame={frame}
          action="/admin/enrolments"
          label="Make a new code"
          hidden={{ rig_id, well_id, field, time_zone }}
        />{" "}
        <Action frame={frame} action={`/admin/enrolments/${id}/cancel`} label="Withdraw the code" />
      </Section>
    );
  }
  if (state !== "expired" && state !== "cancelled") return <></>;
  return (
    <Section id="code" title="Code">
      <p>It opens nothing any more.</p>
      <Action
        frame={frame}
        action="/admin/enrolments"
        label="Make a new code"
        hidden={{ rig_id, well_id, field, time_zone }}
      />
    </Section>
  );
}
