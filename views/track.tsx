import { measured, type HistorySnapshot } from "../src/wire/event.ts";
import { CHANNEL_NAMES, CHANNELS, type Track } from "./channels.ts";
import { eventHref } from "./events.tsx";
import { number } from "./parts/numbers.ts";
import { utc } from "./parts/time.tsx";
import { raw, type Markup } from "./jsx-runtime.ts";
import type { EventPage } from "./model.ts";

interface TrackProps {
  readonly id: string;
  readonly window: readonly HistorySnapshot[];
  readonly track: Track;
  readonly wish: EventPage["track"];
}

/** The plot is for eyes; caption, sentence and table say the same to everyone. */
export function TrackFigure({ id, window, track, wish }: TrackProps): Markup {
  const axis = track.by === "time" ? "time" : "depth";
  return (
    <section aria-labelledby="history">
      <h2 id="history">Before the event</h2>
      <TrackForm id={id} track={track} wish={wish} />
      <figure>
        <figcaption>{`${track.title}${track.unit === "" ? "" : `, ${track.unit}`}, over ${axis}`}</figcaption>
        <div id="track" class="track" aria-hidden="true"></div>
        <p>{track.summary}</p>
      </figure>
      <JsonIsland id="track-data" value={track} />
      <SnapshotTable window={window} />
    </section>
  );
}

/** Data for a script. A `<` would let a text end the element and begin another. */
export function JsonIsland({ id, value }: { readonly id: string; readonly value: unknown }): Markup {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return (
    <script type="application/json" id={id}>
      {raw(json)}
    </script>
  );
}

function TrackForm({ id, track, wish }: Omit<TrackProps, "window">): Markup {
  return (
    <form method="get" action={eventHref(id)} class="filters">
      <label>
        Channel
        <select name="channel">
          <option value="">by category</option>
          {CHANNEL_NAMES.map((name) => (
            <option value={name} selected={name === wish.channel}>
              {CHANNELS[name].label}
            </option>
          ))}
        </select>
      </label>
      <label>
        Over
        <select name="by" aria-describedby={track.depthRefusal === undefined ? undefined : "no-depth"}>
          <option value="time">time</option>
          <option value="depth" selected={track.by === "depth"} disabled={track.depthRefusal !== undefined}>
            depth
          </option>
        </select>
      </label>
      <button>Draw</button>
      {track.depthRefusal !== undefined && <small id="no-depth">{`No depth axis: ${track.depthRefusal}.`}</small>}
    </form>
  );
}

function SnapshotTable({ window }: { readonly window: readonly HistorySnapshot[] }): Markup {
  return (
    <details>
      <summary>{`Table of ${window.length} snapshots`}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Snapshots">
        <table>
          <caption>Every snapshot of the history window, in the order that the rig sent them</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {CHANNEL_NAMES.map((name) => (
                <th scope="col" class="number">
                  {`${CHANNELS[name].label} ${CHANNELS[name].unit}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {window.map((snapshot) => (
              <tr>
                <th scope="row">{snapshotTime(snapshot)}</th>
                {CHANNEL_NAMES.map((name) => (
                  <td class="number">{number(snapshot[name], CHANNELS[name].digits)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** The wire lets a snapshot's time be any number; one that no calendar has is shown as it came. */
function snapshotTime({ timestamp }: HistorySnapshot): string {
  const seconds = measured(timestamp);
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? number(seconds) : utc(date.toISOString());
}
