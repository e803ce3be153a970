import { eventHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Action } from "../parts/action.tsx";
import { PanelSection, Section } from "../parts/panel.tsx";
import { ReachTable } from "../parts/reach.tsx";
import { Standing } from "../parts/standing.tsx";
import { Tracks } from "../tracks/tracks.tsx";
import { Lead } from "./lead.tsx";
import type { EventPage } from "./model.ts";
import { Physics } from "./physics.tsx";
import { RawJson } from "./raw-json.tsx";
import { Timeline } from "./timeline.tsx";
import { Trace } from "./trace.tsx";
import { Votes } from "./votes.tsx";

/** What, where, how bad, what was done, did it help others: on the first screen, before any curve. */
export function EventView({ frame, page }: { readonly frame: Frame; readonly page: EventPage }): Markup {
  const { facts, event, basis, way, wish } = page;
  const { advisory } = event;
  const zone = frame.zone === "rig" ? facts.time_zone : "UTC";
  return (
    <>
      <Heading frame={frame}>{page.from !== undefined && <a href={page.from}>Back to the list</a>}</Heading>
      {page.done === "recurate" && (
        <p class="done" role="status">
          The next curation looks at this event again; that takes seconds.
        </p>
      )}
      <Lead frame={frame} page={page} />
      <Standing frame={frame} id="standing">
        <Tracks
          id={facts.id}
          here={frame.here}
          window={event.history_window}
          event={{ timestamp: event.timestamp, depth: event.depth, category: facts.category }}
          wish={wish}
          zone={zone}
        />
        <Votes advisory={advisory} category={facts.category} basis={basis} />
        <Physics report={advisory.physics_report} />
        <Trace entries={advisory.trace_log ?? []} />
      </Standing>
      <PanelSection
        frame={frame}
        id="timeline"
        title="Timeline"
        panel={way}
        show={({ entries }) => <Timeline frame={frame} entries={entries} timeZone={facts.time_zone} />}
      />
      <PanelSection
        frame={frame}
        id="reach"
        title="Reach"
        panel={way}
        show={({ reach }) => <ReachOf frame={frame} page={page} reach={reach} />}
      />
      <Standing frame={frame} id="standing-json">
        <RawJson event={event} />
      </Standing>
      <Section id="act" title="Curation of this event">
        <p>The next run reads the event and its neighbours again and makes their episode anew.</p>
        <Action frame={frame} action={`${eventHref(facts.id)}/curate`} label="Re-curate" />
      </Section>
    </>
  );
}

function ReachOf(props: { readonly frame: Frame; readonly page: EventPage; readonly reach: ReachProps }): Markup {
  const { frame, page, reach } = props;
  if (reach !== undefined) return <ReachTable frame={frame} reach={reach} all={page.allRigs} />;
  return <p class="empty">The event is in no episode yet, so no other rig has it.</p>;
}

type ReachProps = Parameters<typeof ReachTable>[0]["reach"] | undefined;
