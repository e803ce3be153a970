import type { Child, Markup } from "../jsx-runtime.ts";
import { Risk } from "../parts/badges.tsx";
import { ABSENT, bytes, number, percent } from "../parts/numbers.ts";
import { Words } from "../parts/words.tsx";
import { isOff, marked } from "../rigs/columns.tsx";
import { State } from "../rigs/state.tsx";
import type { RigPage } from "./model.ts";
import type { When } from "./when.tsx";

interface Props {
  readonly page: RigPage;
  readonly when: When;
}

type Fact = readonly [name: string, value: Child];

/** The figures of the list, with what they are made of. */
export function Facts({ page, when }: Props): Markup {
  return (
    <div class="rig-facts">
      <List facts={presence(page, when)} />
      <List facts={delivery(page, when)} />
      <List facts={identity(page, when)} />
    </div>
  );
}

function List({ facts }: { readonly facts: readonly Fact[] }): Markup {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}

function presence({ line, facts }: RigPage, when: When): Fact[] {
  return [
    ["State", <State state={line.state} />],
    ...(line.state === "revoked"
      ? ([
          ["Revoked", when(line.revoked_at)],
          ["Reason", <Words text={facts.revoke_reason} />],
        ] as const)
      : []),
    ["Last seen", line.last_seen === null ? "never" : when(line.last_seen)],
    ["Last event", when(line.last_event_at)],
    ["Last sync", when(line.last_sync)],
    ["Clock offset", offset(line.clock_offset_s)],
  ];
}

function delivery({ line, facts, library_version: version }: RigPage, when: When): Fact[] {
  return [
    [
      "Library",
      <>
        {line.synced_version === null ? "none sent yet" : `version ${number(line.synced_version)} sent`}
        {`, of ${number(version)}`}
        {line.lag !== null && line.lag > 0 && <>; {marked(line.behind, `${number(line.lag)} behind`)}</>}
      </>,
    ],
    [
      "Confirmed",
      facts.confirmed_version === null ? (
        ABSENT
      ) : (
        <>
          {`version ${number(facts.confirmed_version)}, `}
          {when(facts.confirmed_at)}
        </>
      ),
    ],
    ["Queue", <Queue line={line} when={when} />],
    ["Bytes today", bytes(line.bytes_today)],
    ["Events, 7 days", eventsOfWeek(line)],
    ["Events, all", number(facts.event_count)],
    ["Dropped", number(line.dropped_events)],
  ];
}

function identity({ line }: RigPage, when: When): Fact[] {
  return [
    ["Well", <Words text={line.well_id} />],
    ["Field", <Words text={line.field} />],
    ["Campaign", line.campaign ?? ABSENT],
    ["Time zone", line.time_zone],
    ["Spoke", line.spoke_version === null ? ABSENT : marked(line.old_spoke, line.spoke_version)],
    ["Enrolled", when(line.registered_at)],
  ];
}

function Queue({ line, when }: { readonly line: RigPage["line"]; readonly when: When }): Markup {
  const { queue_events: events, queue_oldest_at: oldest, queue_worst: worst, queue_told_at: told } = line;
  if (events === null) return <>{ABSENT}</>;
  return (
    <>
      {number(events)} {events === 1 ? "event" : "events"}
      {worst !== null && (
        <>
          , worst <Risk level={worst} />
        </>
      )}
      {oldest !== null && <>, oldest {when(oldest)}</>}
      {told !== null && <>, told {when(told)}</>}
    </>
  );
}

function eventsOfWeek({ events_7d: events, answered_7d: answered }: RigPage["line"]): string {
  return events === 0 ? "0" : `${number(events)}, ${percent(answered)} answered`;
}

function offset(seconds: number | null): Child {
  if (seconds === null) return ABSENT;
  const side = seconds < 0 ? "behind" : "ahead of";
  return marked(isOff(seconds), `${number(Math.abs(seconds), 1)} s ${side} the hub's`);
}
