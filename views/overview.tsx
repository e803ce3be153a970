import { EventTable } from "./events.tsx";
import { number } from "./format.tsx";
import type { Markup } from "./jsx-runtime.ts";
import { Heading } from "./layout.tsx";
import type { Figure, Frame, OverviewPage } from "./model.ts";

export function Overview({ frame, page }: { readonly frame: Frame; readonly page: OverviewPage }): Markup {
  return (
    <>
      <Heading frame={frame} />
      <Figures figures={page.figures} />
      <section aria-labelledby="latest">
        <h2 id="latest">Latest events</h2>
        {page.latest.length === 0 ? (
          <NothingYet rigCount={page.rigCount} />
        ) : (
          <EventTable events={page.latest} nowMs={frame.nowMs} caption="The latest events, newest first" />
        )}
      </section>
    </>
  );
}

function Figures({ figures }: { readonly figures: readonly Figure[] }): Markup {
  return (
    <ul class="figures">
      {figures.map(({ label, value, href, alarming }) => (
        <li class={alarming && value !== null && value > 0 ? "alarming" : undefined}>
          <a href={href}>
            <strong>{number(value)}</strong> <span>{label}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function NothingYet({ rigCount }: { readonly rigCount: number }): Markup {
  if (rigCount === 0) {
    return (
      <p class="empty">
        No rig is enrolled yet. Enrol the first one with the hub's command line; its events then appear here.
      </p>
    );
  }
  return <p class="empty">No events yet. A rig sends one when its advisory is Elevated, High or Critical.</p>;
}
