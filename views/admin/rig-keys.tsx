import { address, rigHref, rigKeysHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Action } from "../parts/action.tsx";
import { Section } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { Agreed } from "./agreed.tsx";
import type { RigKeysPage } from "./model.ts";
import { Revoke } from "./revoke.tsx";
import { Until } from "./until.tsx";

interface Props {
  readonly frame: Frame;
  readonly page: RigKeysPage;
}

/** The name is typed, and what stays is said. A revoked rig's keys say since when it is. */
export function RevokeView({ frame, page }: Props): Markup {
  return (
    <>
      <Heading frame={frame}>
        <nav class="links" aria-label="Rig">
          <a href={rigHref(page.rig_id)}>The rig</a>
          <a href={rigKeysHref(page.rig_id)}>Its keys</a>
        </nav>
      </Heading>
      {page.status === "revoked" ? <Revoked frame={frame} page={page} /> : <Revoke frame={frame} page={page} />}
    </>
  );
}

/** Which keys open the hub for a rig, which it uses, and how to change or end them. */
export function RigKeysView({ frame, page }: Props): Markup {
  return (
    <>
      <Heading frame={frame}>
        <RigLinks page={page} />
      </Heading>
      {page.done !== undefined && (
        <p class="done" role="status">
          {page.done}
        </p>
      )}
      {page.status === "revoked" ? <Revoked frame={frame} page={page} /> : <Active frame={frame} page={page} />}
    </>
  );
}

function Active({ frame, page }: Props): Markup {
  const { rig_id, overlapHours, previous_key_until } = page;
  const action = rigKeysHref(rig_id);
  return (
    <>
      <Section id="keys" title="Keys">
        <Keys frame={frame} page={page} />
      </Section>
      <Section id="rotate" title="New key">
        <p>
          {overlapHours === 0
            ? "The key of now ends at once: this hub lets no two keys overlap."
            : `The key of now stays good for ${overlapHours} h, so that no upload fails while the new one travels.`}
          {previous_key_until !== null && " The key before it ends at once."}
        </p>
        <Action frame={frame} action={`${action}/rotate`} label="Make a new key" />
      </Section>
      {previous_key_until !== null && (
        <Section id="old-key" title="End the old key now">
          <p>{oldKeyAdvice(page)}</p>
          <Action frame={frame} action={`${action}/end-old-key`} label="End the old key" dangerous>
            {!usesNewKey(page) && <Agreed>The rig may lose its way in until it has the new key.</Agreed>}
          </Action>
        </Section>
      )}
    </>
  );
}

function RigLinks({ page: { rig_id, status } }: { readonly page: RigKeysPage }): Markup {
  return (
    <nav class="links" aria-label="Rig">
      <a href={rigHref(rig_id)}>The rig</a>
      {status !== "revoked" && <a href={`${rigKeysHref(rig_id)}/revoke`}>Revoke it</a>}
    </nav>
  );
}

function Keys({ frame, page }: Props): Markup {
  const { nowMs, zone } = frame;
  const { key_issued_at, key_used_at, previous_key_until, previous_key_used_at, unheard } = page;
  return (
    <dl class="facts">
      <dt>Key made</dt>
      <dd>
        {key_issued_at === null ? "with its registration" : <Time iso={key_issued_at} nowMs={nowMs} zone={zone} />}
      </dd>
      <dt>{previous_key_until === null ? "Last used" : "New key last used"}</dt>
      <dd>
        {key_used_at === null ? (
          unheard ? (
            "never: the rig was not heard of yet"
          ) : (
            "not yet"
          )
        ) : (
          <Time iso={key_used_at} nowMs={nowMs} zone={zone} />
        )}
      </dd>
      {previous_key_until !== null && (
        <>
          <dt>Old key last used</dt>
          <dd>
            <Time iso={previous_key_used_at} nowMs={nowMs} zone={zone} />
          </dd>
          <dt>Old key good until</dt>
          <dd>
            <Until iso={previous_key_until} nowMs={nowMs} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Revoked({ frame, page }: Props): Markup {
  const { rig_id, well_id, field, revoked_at, revoke_reason } = page;
  return (
    <Section id="revoked" title="Revoked">
      <dl class="facts">
        <dt>Since</dt>
        <dd>
          <Time iso={revoked_at} nowMs={frame.nowMs} zone={frame.zone} />
        </dd>
        <dt>Reason</dt>
        <dd>
          <Words text={revoke_reason} />
        </dd>
      </dl>
      <p>
        None of its keys opens anything. Its events, episodes and history stay.{" "}
        <a href={address("/admin", { rig_id, well_id, field })}>Enrol it again</a> with a new code.
      </p>
    </Section>
  );
}

function usesNewKey({ key_used_at, previous_key_used_at }: RigKeysPage): boolean {
  return key_used_at !== null && (previous_key_used_at === null || key_used_at > previous_key_used_at);
}

function oldKeyAdvice(page: RigKeysPage): string {
  if (usesNewKey(page)) return "The rig used the new key last: the old one is no longer needed.";
  return page.key_used_at === null
    ? "The rig has not used the new key yet: bring it there first."
    : "The rig used the old key last, though it has used the new one too.";
}
