import { address, episodeHref, eventHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Action } from "../parts/action.tsx";
import { Outcome, Risk } from "../parts/badges.tsx";
import { duration, longDuration, number } from "../parts/numbers.ts";
import { Section } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time, utc } from "../parts/time.tsx";
import type { Division, EpisodePage, FormerEvent, SourceEvent } from "./model.ts";

const MINUTE_S = 60;

interface Props {
  readonly frame: Frame;
  readonly page: EpisodePage;
}

/** What it was made of, and why these are one: each with its step from the one before. */
export function Sources({ frame, page }: Props): Markup {
  const { events, facts, former, more_events: more, rule } = page;
  return (
    <Section id="sources" title={`Source events (${number(facts.event_count)})`}>
      <p>
        {`One rig, one category, each step to the next at most ${duration(rule.gap_s)} and ${number(rule.step_ft)} ft, all within ${number(rule.span_s / MINUTE_S)} min of the first: one episode. The first event of the highest risk names it.`}
      </p>
      <Table
        frame={frame}
        caption="Events in the order of their time"
        columns={columns({ frame, page })}
        rows={events}
        rowId={({ id }) => `source-${id}`}
      />
      {more && <p>{`Only the first ${number(events.length)} are shown.`}</p>}
      {former.length > 0 && <Former frame={frame} page={page} />}
    </Section>
  );
}

function columns({ frame, page }: Props): Column<SourceEvent>[] {
  const { facts } = page;
  return [
    {
      label: "Event",
      heads: true,
      cell: ({ id }) => <a href={address(eventHref(id), { from: frame.here })}>{id}</a>,
    },
    { label: "Why here", kind: "words", cell: (event) => <Why event={event} page={page} /> },
    {
      label: "Time",
      cell: ({ timestamp }) => (
        <Time iso={timestamp} nowMs={frame.nowMs} zone={frame.zone} timeZone={facts.time_zone} only="time" />
      ),
    },
    { label: "Depth, ft", numeric: true, cell: ({ depth_ft }) => number(depth_ft, 1) },
    { label: "Risk", cell: ({ risk_level }) => <Risk level={risk_level} /> },
    { label: "Outcome", cell: ({ outcome }) => <Outcome name={outcome} /> },
    { label: "Undo", cell: (event) => <Undo frame={frame} page={page} event={event} /> },
  ];
}

function Why({ event, page }: { readonly event: SourceEvent; readonly page: EpisodePage }): Markup {
  const { merged_at: merged, division, waits } = event;
  return (
    <>
      {whyText(event, page)}
      {merged !== null && <small>{`merged ${utc(merged)}`}</small>}
      {division !== null && <small>{`set apart${divisionText(division)}`}</small>}
      {waits && <small>waits for curation</small>}
    </>
  );
}

function whyText({ apart, anchor, delta_s, delta_depth_ft: ft }: SourceEvent, { events }: EpisodePage): string {
  if (apart) return events.length === 1 ? "A person set it apart: it stays alone" : "Will stand alone";
  const step =
    delta_s === null ? "the first of them" : `+${longDuration(delta_s)}, ${signed(ft)} ft from the one before`;
  if (events.length === 1) return "Alone: no neighbour is near enough";
  return anchor ? `Names the episode: ${step}` : `Same rig and category: ${step}`;
}

function divisionText({ actor, at }: Division): string {
  return ` by ${actor}, ${utc(at)}`;
}

function Undo({ frame, page, event }: Props & { readonly event: SourceEvent }): Markup {
  const { facts, events } = page;
  const action = episodeHref(facts.id);
  const hidden = { event: event.id };
  if (event.apart) {
    const back = event.division?.episode_id ?? facts.id;
    return <Action frame={frame} action={`${action}/join`} label="Join again" hidden={{ ...hidden, back }} />;
  }
  if (events.length < 2) return <span>alone</span>;
  return (
    <Action
      frame={frame}
      action={`${action}/apart`}
      label="Set apart"
      hidden={hidden}
      confirm={`Take ${event.id} out of this episode? It becomes one of its own and stays so, until it is joined again.`}
    />
  );
}

function Former({ frame, page }: Props): Markup {
  return (
    <>
      <h3>Once merged, elsewhere now</h3>
      <ul class="former">
        {page.former.map((event) => (
          <li>
            <a href={eventHref(event.id)}>{event.id}</a>
            {`, merged ${utc(event.merged_at)}${placeText(event)}`}
            {event.episode_id !== null && <a href={episodeHref(event.episode_id)}>{event.episode_id}</a>}{" "}
            {event.apart && (
              <Action
                frame={frame}
                action={`${episodeHref(page.facts.id)}/join`}
                label="Join again"
                hidden={{ event: event.id, back: page.facts.id }}
              />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function placeText({ apart, division, episode_id }: FormerEvent): string {
  const who = division === null ? "" : divisionText(division);
  const how = apart ? `, set apart${who}` : "";
  return episode_id === null ? `${how}; it stands in no episode` : `${how}; it stands in `;
}

function signed(value: number | null): string {
  if (value === null) return number(null);
  return `${value < 0 ? "−" : "+"}${number(Math.abs(value), 1)}`;
}
