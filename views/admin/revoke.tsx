import { rigKeysHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Action } from "../parts/action.tsx";
import { Section } from "../parts/panel.tsx";
import { Words } from "../parts/words.tsx";
import type { RigKeysPage } from "./model.ts";

const REASON_MAX = 500;

/** The name is typed, so that nobody shuts out the neighbour in the list. */
export function Revoke({ frame, page }: { readonly frame: Frame; readonly page: RigKeysPage }): Markup {
  const { rig_id, problem } = page;
  return (
    <Section id="revoke" title="What happens">
      <p>
        Its next request is refused, whichever key it shows. Its events and episodes stay, and what other rigs learned
        from it. What waits in its queue stays on the rig until it is enrolled again.
      </p>
      {problem !== undefined && (
        <p id="revoke-problem" class="problem" role="alert">
          {problem}
        </p>
      )}
      <Action frame={frame} action={`${rigKeysHref(rig_id)}/revoke`} label="Revoke the rig" dangerous id="revoke-form">
        <label class="field">
          Reason
          <input name="reason" maxlength={REASON_MAX} required autocomplete="off" placeholder="computer stolen" />
        </label>
        <label class="field">
          <span>
            To confirm, type <Words text={rig_id} />
          </span>
          <input
            name="confirm"
            required
            autocomplete="off"
            spellcheck="false"
            aria-describedby={problem === undefined ? undefined : "revoke-problem"}
          />
        </label>
      </Action>
    </Section>
  );
}
