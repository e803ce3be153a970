import { address, episodeHref, eventHref, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";
import { Outcome, Risk } from "../parts/badges.tsx";
import { Facts } from "../parts/facts.tsx";
import { longDuration, number } from "../parts/numbers.ts";
import { helpText, reachText } from "../parts/reach.tsx";
import { localTime, Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import type { EventFacts, EventPage } from "./model.ts";

interface LeadProps {
  readonly frame: Frame;
  readonly page: EventPage;
}

export function Lead(props: LeadProps): Markup {
  return (
    <div class="lead">
      <What {...props} />
      <Where {...props} />
      <Done {...props} />
      <Helped {...props} />
    </div>
  );
}

interface AnswerProps {
  readonly id: string;
  readonly title: string;
  readonly children?: Child;
}

function Answer({ id, title, children }: AnswerProps): Markup {
  return (
    <section class="answer" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function What({ page: { facts, event } }: LeadProps): Markup {
  const { recommendation, expected_benefit: benefit } = event.advisory;
  return (
    <Answer id="what" title="What happened">
      <p class="answer-main">
        <Risk level={facts.risk_level} /> {facts.category}
      </p>
      <p>
        <Words text={recommendation} />
      </p>
      <Facts
        facts={[
          ["Benefit", <Words text={benefit} />],
          ["Severity", facts.severity],
          ["Event", facts.id],
        ]}
      />
    </Answer>
  );
}

function Where({ frame, page: { facts } }: LeadProps): Markup {
  const { zone, nowMs } = frame;
  const local = facts.time_zone === "UTC" ? "the same, UTC" : localTime(facts.timestamp, facts.time_zone);
  return (
    <Answer id="where" title="Where and when">
      <p class="answer-main">
        <a href={address(rigHref(facts.rig_id), { zone: zone === "rig" ? zone : undefined })}>{facts.rig_id}</a>{" "}
        {facts.depth_ft === 0 ? "without a depth" : `at ${number(facts.depth_ft, 1)} ft`}
      </p>
      <Facts
        facts={[
          ["Well", <Words text={facts.well_id} />],
          ["Field", <Words text={facts.field} />],
          ["Campaign", facts.campaign],
          ["Time", <Time iso={facts.timestamp} nowMs={nowMs} />],
          ["Rig time", local],
          ["Received", receivedText(facts)],
        ]}
      />
    </Answer>
  );
}

/** The lag mixes two clocks: the rig's and the hub's. */
function receivedText({ received_at, timestamp, late, clock_offset_s: offset }: EventFacts): Child {
  const lag = (Date.parse(received_at) - Date.parse(timestamp)) / 1000;
  const skewed = offset !== null && Math.abs(offset) >= CLOCK_OFFSET_TOLD_S;
  return (
    <>
      <Time iso={received_at} nowMs={Date.parse(received_at)} only="time" />{" "}
      <small>{lag < 0 ? `the rig's clock was ${longDuration(-lag)} ahead` : `${longDuration(lag)} later`}</small>
      {late && <small class="warn"> late</small>}
      {skewed && <small class="warn"> {`the rig's clock is off by ${longDuration(Math.abs(offset))}`}</small>}
    </>
  );
}

const CLOCK_OFFSET_TOLD_S = 60;

function Done({ frame, page: { facts } }: LeadProps): Markup {
  const { outcome, outcome_at: at, timestamp } = facts;
  const after = at === null ? null : (Date.parse(at) - Date.parse(timestamp)) / 1000;
  return (
    <Answer id="done" title="What was done">
      <p class="answer-main">
        <Outcome name={outcome} />
      </p>
      {outcome === "Pending" && <p>{`No answer from the rig in ${openFor(frame.nowMs, timestamp)}.`}</p>}
      {outcome !== "Pending" && (
        <p>
          {outcome === "Escalated" ? "Reason: " : "Action: "}
          <Words text={facts.action_taken} />
        </p>
      )}
      <Facts
        facts={[
          ["Notes", <Words text={facts.notes} />],
          ["Answered", <Time iso={at} nowMs={frame.nowMs} />],
          ["After", longDuration(after)],
        ]}
      />
    </Answer>
  );
}

function openFor(nowMs: number, timestamp: string): string {
  return longDuration((nowMs - Date.parse(timestamp)) / 1000);
}

function Helped({ page }: LeadProps): Markup {
  const { facts, way } = page;
  const reach = "value" in way ? way.value.reach : undefined;
  return (
    <Answer id="helped" title="Did it help others">
      <p class="answer-main">{reach === undefined ? "Not with other rigs yet" : reachText(reach)}</p>
      {reach !== undefined && <p>{helpText(reach.summary)}</p>}
      {facts.episode_id === null ? <p>{whyNoEpisode(facts)}</p> : <EpisodeFacts facts={facts} id={facts.episode_id} />}
      {"problem" in way && <p class="problem">{way.problem.sentence}</p>}
      <Twins page={page} />
      <p>
        <a href="#reach">Rigs one by one</a>
      </p>
    </Answer>
  );
}

function whyNoEpisode({ held, curation_error: error, needs_curation: waits }: EventFacts): string {
  if (held) return "It is in quarantine: nothing is made of it until a person decides.";
  if (error !== null) return `Curation passed it over: ${error}`;
  return waits ? "It waits for curation, which follows within seconds." : "It is in no episode.";
}

function EpisodeFacts({ facts, id }: { readonly facts: EventFacts; readonly id: string }): Markup {
  const { episode_events: events, episode_source: source, episode_archived: archived } = facts;
  const others = (events ?? 1) - 1;
  const merged = source !== null && source !== facts.id;
  return (
    <Facts
      facts={[
        [
          "Episode",
          <>
            <a class="words" href={episodeHref(id)}>
              {id}
            </a>
            {archived === true && <small> archived</small>}
          </>,
        ],
        ["Score", number(facts.episode_score, 2)],
        [
          "Made of",
          <>
            {others === 0 ? "this event alone" : `this and ${number(others)} more`}
            {merged && source !== null && (
              <small>
                {" "}
                named by <a href={eventHref(source)}>{source}</a>
              </small>
            )}
          </>,
        ],
      ]}
    />
  );
}

function Twins({ page: { twins } }: Pick<LeadProps, "page">): Markup {
  return (
    <>
      {twins.map(({ id, reason, decision }) => (
        <p class="warn">
          <a href={`/quarantine/${id}`}>
            {reason === "conflict" ? "Another body came under this id" : "Held for its time"}
          </a>
          {`: ${decision ?? "not decided yet"}`}
        </p>
      ))}
    </>
  );
}
