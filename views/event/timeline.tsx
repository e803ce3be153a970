import { episodeHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";
import { Outcome } from "../parts/badges.tsx";
import { longDuration, number } from "../parts/numbers.ts";
import { localTime, Time, utc } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import type { TimelineEntry, TimelineStep } from "./model.ts";

const STEPS: Readonly<Record<TimelineStep, string>> = {
  detected: "Detected",
  queued: "Queued on the rig",
  sent: "Uploaded",
  accepted: "Accepted",
  quarantined: "Put in quarantine",
  decided: "Quarantine decided",
  curated: "Curated",
  curation_failed: "Curation failed",
  merged: "Merged",
  outcome: "Outcome",
  rescored: "Re-scored",
  changed: "Episode changed",
  returned: "Returned to the library",
  archived: "Archived",
  removed: "Removed",
  delivered_first: "Delivered to the first rig",
  delivered_last: "Delivered to the last rig",
};

interface TimelineProps {
  readonly frame: Frame;
  readonly entries: readonly TimelineEntry[];
  readonly timeZone: string;
}

export function Timeline({ frame, entries, timeZone }: TimelineProps): Markup {
  return (
    <div class="scroll" tabindex="0" role="region" aria-label="Timeline">
      <table class="timeline">
        <caption>By two clocks: differences between a rig's time and the hub's are only as good as the rig's</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Clock</th>
            <th scope="col">What</th>
            <th scope="col">Who</th>
            <th scope="col">Details</th>
          </tr>
        </thead>
        <tbody>
          {folded(entries).map(({ entry, times }) => (
            <tr>
              <td>
                {entry.at === null ? (
                  "not on record"
                ) : (
                  <Time iso={entry.at} nowMs={frame.nowMs} zone={frame.zone} timeZone={timeZone} />
                )}
              </td>
              <td>{entry.clock}</td>
              <th scope="row">{times === 1 ? STEPS[entry.what] : `${STEPS[entry.what]} ${number(times)} times`}</th>
              <td class="words">
                <Words text={entry.who} />
              </td>
              <td class="words">{detailsOf(entry, frame, timeZone)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Folded {
  readonly entry: TimelineEntry;
  readonly times: number;
}

/** An episode ages by itself for months: re-scores that follow each other are one row, from the first to the last. */
function folded(entries: readonly TimelineEntry[]): Folded[] {
  return entries.reduce<Folded[]>((rows, entry) => {
    const before = rows.at(-1);
    if (before === undefined || entry.what !== "rescored" || before.entry.what !== "rescored") {
      return [...rows, { entry, times: 1 }];
    }
    const { score_before: first } = before.entry.detail;
    const detail = first === undefined ? entry.detail : { ...entry.detail, score_before: first };
    return [...rows.slice(0, -1), { entry: { ...entry, detail }, times: before.times + 1 }];
  }, []);
}

function detailsOf({ detail }: TimelineEntry, { zone }: Frame, timeZone: string): Child {
  const parts: Child[] = [
    detail.outcome !== undefined && <Outcome name={detail.outcome} />,
    detail.action_taken !== undefined && <Words text={detail.action_taken} />,
    detail.notes !== undefined && <Words text={detail.notes} />,
    detail.given_at !== undefined &&
      `given ${zone === "rig" ? localTime(detail.given_at, timeZone) : utc(detail.given_at)} by the rig's clock`,
    detail.late === true && "late",
    detail.clock_offset_s !== undefined && offsetText(detail.clock_offset_s),
    detail.reason !== undefined && <Words text={detail.reason} />,
    detail.note !== undefined && <Words text={detail.note} />,
    detail.episode_id !== undefined && <a href={episodeHref(detail.episode_id)}>{detail.episode_id}</a>,
    detail.version !== undefined && `version ${number(detail.version)}`,
    detail.fields !== undefined && detail.fields.join(", "),
    detail.score_after !== undefined && `score ${number(detail.score_before, 2)} → ${number(detail.score_after, 2)}`,
    detail.delay_s !== undefined && `after ${longDuration(detail.delay_s)}`,
    detail.have !== undefined && `${number(detail.have)} of ${number(detail.may_have)} rigs`,
  ].filter((part) => part !== false);
  return parts.map((part, at) => [at === 0 ? "" : " · ", part]);
}

function offsetText(seconds: number): string {
  if (Math.abs(seconds) < 1) return "both clocks agree";
  return `the rig's clock is ${longDuration(Math.abs(seconds))} ${seconds > 0 ? "ahead" : "behind"}`;
}
