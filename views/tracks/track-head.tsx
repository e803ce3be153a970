import type { Markup } from "../jsx-runtime.ts";
import { number } from "../parts/numbers.ts";
import type { Curve, Track } from "./model.ts";

/** As on a paper log: each curve's name, line and ends of scale above it, and its value at the cursor. */
export function TrackHead({ track, cursor }: { readonly track: Track; readonly cursor: number }): Markup {
  return (
    <div class="log-head" data-track={track.name}>
      {track.curves.map((curve, at) => (
        <div class={`log-curve curve-${at + 1}`}>
          <span class="log-name">{curve.label}</span>
          <span class="log-value">
            <output>{number(curve.values[cursor], curve.digits)}</output> {curve.unit}
          </span>
          <span class="log-scale">
            <span>{number(curve.min, endDigits(curve))}</span>
            <Sample at={at} />
            <span>{number(curve.max, endDigits(curve))}</span>
          </span>
        </div>
      ))}
    </div>
  );
}

/** Line and marker of a curve: they differ, so that colour need not tell. */
function Sample({ at }: { readonly at: number }): Markup {
  return (
    <svg class="log-sample" aria-hidden="true">
      <line x1="0" y1="5" x2="100%" y2="5" stroke="currentColor" stroke-width="2" stroke-dasharray={DASHES[at]} />
      {at === 0 ? (
        <circle cx="50%" cy="5" r="3.5" fill="currentColor" />
      ) : (
        <rect x="50%" y="2" width="6" height="6" class="log-square" stroke="currentColor" stroke-width="1.5" />
      )}
    </svg>
  );
}

const DASHES = [undefined, "7 4"];

/** Ends of a scale are round: no more digits than they need. */
function endDigits({ min, max, digits }: Curve): number {
  return Number.isInteger(min) && Number.isInteger(max) ? 0 : Math.max(1, digits);
}
