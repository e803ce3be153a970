import type { FleetEvent } from "../../src/wire/event.ts";
import { eventHref } from "../frame/address.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Section } from "../parts/panel.tsx";

const INDENT = 2;

/** The window stands in a table already: as JSON it would be most of the page. The file has everything. */
export function RawJson({ event }: { readonly event: FleetEvent }): Markup {
  const { history_window: window, ...rest } = event;
  return (
    <Section id="json" title="As the rig sent it">
      <p>
        <a href={`${eventHref(event.id)}/event.json`} download>
          Download the whole event as JSON
        </a>
      </p>
      <details>
        <summary>{`JSON without its ${window.length} snapshots`}</summary>
        <pre class="raw" tabindex="0">
          {JSON.stringify(rest, null, INDENT)}
        </pre>
      </details>
    </Section>
  );
}
