import type { Frame } from "./frame/model.ts";
import { ABSENT, number } from "./parts/numbers.ts";
import { Outcome, Risk } from "./parts/badges.tsx";
import { Time } from "./parts/time.tsx";
import type { Child, Markup } from "./jsx-runtime.ts";
import { Heading } from "./frame/page.tsx";
import type { EventPage } from "./model.ts";
import { PhysicsReport, Trace, Votes } from "./advisory.tsx";
import { Tracks } from "./tracks/tracks.tsx";

/** What, where, how bad, what was done: in this order, before any curve. */
export function Event({ frame, page }: { readonly frame: Frame; readonly page: EventPage }): Markup {
  const { event, advisory, window, track } = page;
  return (
    <>
      <Heading frame={frame} />
      <Facts page={page} nowMs={frame.nowMs} />
      <Tracks
        id={event.id}
        here={frame.here}
        window={window}
        event={{ timestamp: Date.parse(event.timestamp) / 1000, depth: event.depth_ft, category: event.category }}
        wish={track}
        zone="UTC"
      />
      <Votes votes={advisory.votes ?? []} />
      {advisory.physics_report !== undefined && <PhysicsReport report={advisory.physics_report} />}
      <Trace entries={advisory.trace_log ?? []} />
    </>
  );
}

function Facts({ page, nowMs }: { readonly page: EventPage; readonly nowMs: number }): Markup {
  const { event, advisory } = page;
  const facts: [string, Child][] = [
    ["Risk", <Risk level={event.risk_level} />],
    ["Category", event.category],
    ["Rig", <a href={`/events?rig=${encodeURIComponent(event.rig_id)}`}>{event.rig_id}</a>],
    ["Well", `${event.well_id}, ${event.field}`],
    ["Campaign", event.campaign],
    ["Depth", `${number(event.depth_ft, 1)} ft`],
    ["Time", <Time iso={event.timestamp} nowMs={nowMs} />],
    ["Received", <Time iso={event.received_at} nowMs={nowMs} />],
    ["Recommendation", words(advisory.recommendation)],
    ["Expected benefit", words(advisory.expected_benefit)],
    ["Reasoning", words(advisory.reasoning)],
    ["Outcome", <Outcome name={event.outcome} />],
    [event.outcome === "Escalated" ? "Reason" : "Action taken", words(event.action_taken)],
    ["Driller's notes", words(event.notes)],
    ["Answered", <Time iso={event.outcome_at} nowMs={nowMs} />],
    ["Episode", event.episode_id ?? "not curated yet"],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd class="words">{value}</dd>
        </>
      ))}
    </dl>
  );
}

function words(text: string | null | undefined): string {
  return text === null || text === undefined || text === "" ? ABSENT : text;
}
