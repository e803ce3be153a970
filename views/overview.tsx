import type { Frame } from "./frame/model.ts";
import { EventTable } from "./events.tsx";
import { number } from "./parts/numbers.ts";
import type { Markup } from "./jsx-runtime.ts";
import { Heading } from "./frame/page.tsx";
import { Shares } from "./shares.tsx";
import type { Figure, OverviewPage } from "./model.ts";

export function Overview({ frame, page }: { readonly frame: Frame; readonly page: OverviewPage }): Markup {
  return (
    <>
      <Heading frame={frame} />
      {page.curationError !== null && <p class="problem">{`The last curation run failed: ${page.curationError}`}</p>}
      <Figures figures={page.figures} />
      <section aria-labelledby="latest">
        <h2 id="latest">Latest events</h2>
        {page.latest.length === 0 ? (
          <NothingYet rigCount={page.rigCount} />
        ) : (
          <EventTable events={page.latest} nowMs={frame.nowMs} caption="The latest events, newest first" />
        )}
      </section>
      {page.categories.length > 0 && (
        <section aria-labelledby="month">
          <h2 id="month">Last 30 days</h2>
          <Shares title="Outcomes" counts={page.outcomes.map(({ outcome, count }) => [outcome, count])} />
          <Shares title="Most frequent categories" counts={page.categories.map((row) => [row.category, row.count])} />
        </section>
      )}
    </>
  );
}

function Figures({ figures }: { readonly figures: readonly Figure[] }): Markup {
  return (
    <ul class="figures">
      {figures.map((figure) => (
        <li class={figure.alarming === true && figure.value > 0 ? "alarming" : undefined}>
          {figure.href === undefined ? <p>{words(figure)}</p> : <a href={figure.href}>{words(figure)}</a>}
        </li>
      ))}
    </ul>
  );
}

function words({ label, value, countedTo }: Figure): Markup {
  return (
    <>
      <strong>{value === countedTo ? `${number(value)}+` : number(value)}</strong> {label}
    </>
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
