import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Action } from "../parts/action.tsx";
import { Section } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { Agreed } from "./agreed.tsx";
import type { ViewerKey } from "./model.ts";

/** A second key for people who look and change nothing. */
export function ViewerKeySection({ frame, state }: { readonly frame: Frame; readonly state: ViewerKey }): Markup {
  return (
    <Section id="viewer-key" title="Key for viewers">
      <p>Whoever signs in with it sees every view and can change nothing.</p>
      <Body frame={frame} state={state} />
    </Section>
  );
}

function Body({ frame, state }: { readonly frame: Frame; readonly state: ViewerKey }): Markup {
  if (state.source === "settings") {
    return (
      <p>
        It stands in the hub's settings (<code>FLEET_VIEWER_KEY</code>) and is changed there.
      </p>
    );
  }
  if (state.source === "none") {
    return (
      <>
        <p>There is none.</p>
        <Action frame={frame} action="/admin/viewer-key" label="Make a key for viewers" />
      </>
    );
  }
  return (
    <>
      <p>
        Made <Time iso={state.made_at} nowMs={frame.nowMs} zone={frame.zone} />.
      </p>
      <div class="stack">
        <Action frame={frame} action="/admin/viewer-key" label="Replace it">
          <Agreed>Every viewer is signed out and needs the new key.</Agreed>
        </Action>
        <Action frame={frame} action="/admin/viewer-key/remove" label="Remove it" dangerous>
          <Agreed>Every viewer is signed out for good.</Agreed>
        </Action>
      </div>
    </>
  );
}
