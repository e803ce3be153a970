import { measured } from "../../src/wire/event.ts";
import { address, eventHref, queryOf } from "../frame/address.ts";
import type { Markup } from "../jsx-runtime.ts";
import { JsonIsland } from "../parts/island.tsx";
import { timeText, zoneText } from "./axis.ts";
import { TrackControls } from "./controls.tsx";
import type { Track, TracksInput, TracksPlan } from "./model.ts";
import { islandOf, planTracks } from "./plan.ts";
import { SnapshotTable } from "./snapshot-table.tsx";
import { TrackHead } from "./track-head.tsx";

interface TracksProps extends TracksInput {
  readonly id: string;
  /** Address of the page: the controls change it. */
  readonly here: string;
}

/** The plots are for eyes; header row, sentence and table say the same to everyone. */
export function Tracks({ id, here, ...input }: TracksProps): Markup {
  const plan = planTracks(input);
  const { window, zone, wish, event } = input;
  // The file has the zone that the page shows.
  const csv = address(`${eventHref(id)}/snapshots.csv`, { zone: queryOf(here).get("zone") });
  return (
    <section id="tracks" class="panel tracks" aria-labelledby="tracks-title">
      <h2 id="tracks-title">Before the event</h2>
      <TrackControls here={here} category={event.category} wish={wish} plan={plan} />
      <figure>
        <figcaption>{captionOf(plan, input)}</figcaption>
        <Log plan={plan} zone={zone} />
        <p class="tracks-summary">{plan.summary}</p>
      </figure>
      <JsonIsland id="track-data" value={islandOf(plan)} />
      <SnapshotTable window={window} zone={zone} csv={csv} />
    </section>
  );
}

function captionOf(plan: TracksPlan, { window, event, zone }: TracksInput): string {
  const times = window.flatMap(({ timestamp }) => measured(timestamp) ?? []);
  const [from, to] = [Math.min(...times), Math.max(...times)].map((at) => timeText(at, zone));
  const span = times.length === 0 ? "" : `, ${from} to ${to}`;
  const along = plan.by === "time" ? "Time" : "Depth";
  const line =
    plan.event === undefined
      ? `The event itself is not in this window: it happened at ${timeText(event.timestamp, zone)}.`
      : "The dashed line across is the event.";
  return `${along} runs downwards${span}. ${line}`;
}

function Log({ plan, zone }: { readonly plan: TracksPlan; readonly zone: string }): Markup {
  const [at, beside, away] = plan.labels[plan.cursor] ?? ["", "", ""];
  return (
    <div class="log" id="log" hx-morph-skip>
      <TrackPickers tracks={plan.tracks} />
      <div class="log-row log-heads">
        <div class="log-at">
          <output data-part="at">{at}</output>
          {plan.by === "time" && <small>{zoneText(plan.x[plan.cursor] ?? 0, zone)}</small>}
          <output data-part="beside">{beside}</output>
          <output data-part="away">{away}</output>
        </div>
        {plan.tracks.map((track) => (
          <TrackHead track={track} cursor={plan.cursor} />
        ))}
      </div>
      <div class="log-row log-plots" id="log-plots" hidden>
        {plan.tracks.map(({ name }) => (
          <div class="log-plot" data-track={name}></div>
        ))}
      </div>
      <div class="log-row log-feet">
        <span></span>
        {plan.tracks.map((track) => (
          <TrackNotes track={track} />
        ))}
      </div>
      <p class="log-plain">The curves need a script. The table below has every value.</p>
    </div>
  );
}

/** A phone has room for two: which, is chosen here. Our script shows them. */
function TrackPickers({ tracks }: { readonly tracks: readonly Track[] }): Markup {
  if (tracks.length < 3) return <></>;
  return (
    <p class="log-pickers" id="log-pickers" hidden>
      {["Left track", "Right track"].map((label, place) => (
        <label>
          {label}
          <select data-place={place}>
            {tracks.map(({ name, title }, at) => (
              <option value={name} selected={at === place}>
                {title}
              </option>
            ))}
          </select>
        </label>
      ))}
    </p>
  );
}

function TrackNotes({ track }: { readonly track: Track }): Markup {
  const notes = track.curves.flatMap(({ label, notes: all }) => all.map((note) => `${label}: ${note}`));
  return (
    <ul class="log-foot" data-track={track.name}>
      {notes.map((note) => (
        <li>{note}</li>
      ))}
    </ul>
  );
}
