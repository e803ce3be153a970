import type { Category } from "../../src/wire/vocabulary.ts";
import { withQuery, type Changes } from "../frame/address.ts";
import type { Markup } from "../jsx-runtime.ts";
import { firstTracks, TRACK_NAMES, TRACKS_MAX, trackTitle, type TrackName } from "./catalogue.ts";
import type { TracksPlan, TracksWish } from "./model.ts";

interface TrackControlsProps {
  readonly here: string;
  readonly category: Category;
  readonly wish: TracksWish;
  readonly plan: TracksPlan;
}

/** Links, so that each state has an address of its own; what the category has by itself is left out of it. */
export function TrackControls({ here, category, wish, plan }: TrackControlsProps): Markup {
  const shown = plan.tracks.map(({ name }) => name);
  return (
    <div class="tracks-controls">
      <p>
        Along <State here={here} changes={{ by: undefined }} on={plan.by === "time"} label="time" />{" "}
        {plan.depthRefusal === undefined ? (
          <State here={here} changes={{ by: "depth" }} on={plan.by === "depth"} label="depth" />
        ) : (
          <span class="state off">{`no depth axis: ${plan.depthRefusal}`}</span>
        )}
      </p>
      <p>
        Scales <State here={here} changes={{ scale: undefined }} on={wish.scale === "fixed"} label="fixed" />{" "}
        <State here={here} changes={{ scale: "auto" }} on={wish.scale === "auto"} label="fitted to the values" />
      </p>
      <details>
        <summary>{`Tracks: ${shown.length} of at most ${TRACKS_MAX}`}</summary>
        <ul>
          {TRACK_NAMES.map((name) => (
            <li>
              <Toggle {...{ here, category, shown, name }} />
            </li>
          ))}
        </ul>
        {wish.tracks.length > 0 && <a href={target(here, { tracks: undefined })}>As the category has them</a>}
      </details>
    </div>
  );
}

interface StateProps {
  readonly here: string;
  readonly changes: Changes;
  readonly on: boolean;
  readonly label: string;
}

function State({ here, changes, on, label }: StateProps): Markup {
  return (
    <a class="state" href={target(here, changes)} aria-current={on ? "true" : undefined}>
      {label}
    </a>
  );
}

interface ToggleProps {
  readonly here: string;
  readonly category: Category;
  readonly shown: readonly TrackName[];
  readonly name: TrackName;
}

function Toggle({ here, category, shown, name }: ToggleProps): Markup {
  const on = shown.includes(name);
  const next = on ? shown.filter((other) => other !== name) : [...shown, name];
  const sign = on ? "✓" : "+";
  if (next.length === 0 || next.length > TRACKS_MAX) {
    return <span class="state off">{`${sign} ${trackTitle(name)}`}</span>;
  }
  return (
    <a class="state" href={target(here, { tracks: tracksText(category, next) })} aria-current={on ? "true" : undefined}>
      <span aria-hidden="true">{sign} </span>
      {trackTitle(name)}
    </a>
  );
}

function tracksText(category: Category, tracks: readonly TrackName[]): string | undefined {
  const text = tracks.join(",");
  return text === firstTracks(category).join(",") ? undefined : text;
}

/** The reader stays at the tracks. */
function target(here: string, changes: Changes): string {
  return `${withQuery(here, changes)}#tracks`;
}
