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
  delivered_first: "First delivered",
  delivered_last: "Last delivered",
};

interface TimelineProps {
  readonly frame: Frame;
  readonly entries: readonly TimelineEntry[];
  readonly timeZone: string;
}

export function Timeline({ frame, entries, timeZone }: TimelineProps): Markup {
  return (
    <>
      <p>
        <small>Two clocks: differences between a rig's times and the hub's are only as good as the rig's.</small>
      </p>
      <ol class="timeline">
        {folded(entries).map(({ entry, times }) => (
          <li class={`timeline-${entry.clock}`}>
            <span class="timeline-time">
              {entry.at === null ? (
                "time not on record"
              ) : (
                <Time iso={entry.at} nowMs={frame.nowMs} zone={frame.zone} timeZone={timeZone} />
              )}{" "}
              <small>{`· ${entry.clock}'s clock`}</small>
            </span>
            <span class="timeline-what">
              <strong>{times === 1 ? STEPS[entry.what] : `${STEPS[entry.what]} ${number(times)} times`}</strong>
              {entry.who !== null && (
                <small>
                  {entry.what.startsWith("delivered") ? " to " : " by "}
                  <Words text={entry.who} />
                </small>
              )}
            </span>
            <span class="timeline-details words">{detailsOf(entry, frame, timeZone)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

interface Folded {
  readonly entry: TimelineEntry;
  readonly times: number;
}

/** An episode ages by itself for months: re-scores that follow each other are one row, from the first to the last. */
function folded(entries: readonly TimelineEntry[]): Folded[] {
  const rows: Folded[] = [];
  for (const entry of entries) {
    const before = rows.at(-1);
    if (before === undefined || entry.what !== "rescored" || before.entry.what !== "rescored") {
      rows.push({ entry, times: 1 });
    } else {
      rows[rows.length - 1] = { entry: since(before.entry, entry), times: before.times + 1 };
    }
  }
  return rows;
}

function since(first: TimelineEntry, last: TimelineEntry): TimelineEntry {
  const { score_before } = first.detail;
  return score_before === undefined ? last : { ...last, detail: { ...last.detail, score_before } };
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
