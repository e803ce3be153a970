import { measured, type HistorySnapshot } from "../../src/wire/event.ts";
import type { Markup } from "../jsx-runtime.ts";
import { number } from "../parts/numbers.ts";
import { timeText } from "./axis.ts";
import { CHANNEL_NAMES, CHANNELS, type Channel } from "./channels.ts";
import { POINTS_MAX } from "./points.ts";

interface SnapshotTableProps {
  readonly window: readonly HistorySnapshot[];
  readonly zone: string;
  /** Address of all of them as CSV. */
  readonly csv: string;
}

/** Every value as the rig sent it: here nothing is taken for unknown. A refresh leaves it open as it is: it never changes. */
export function SnapshotTable({ window, zone, csv }: SnapshotTableProps): Markup {
  const shown = window.slice(-POINTS_MAX);
  const count = shown.length === window.length ? `${shown.length}` : `the newest ${shown.length} of ${window.length}`;
  return (
    <details class="snapshots" hx-morph-skip>
      <summary>{`Table of ${count} ${window.length === 1 ? "snapshot" : "snapshots"}`}</summary>
      <p>
        <a href={csv} download>
          All snapshots as CSV
        </a>
      </p>
      <div class="scroll" tabindex="0" role="region" aria-label="Snapshots">
        <table>
          <caption>The history window in the order that the rig sent it, with its values as they came</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {CHANNEL_NAMES.map((name) => (
                <th scope="col">{headOf(name)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((snapshot) => (
              <Row snapshot={snapshot} zone={zone} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Row({ snapshot, zone }: { readonly snapshot: HistorySnapshot; readonly zone: string }): Markup {
  const seconds = measured(snapshot.timestamp);
  return (
    <tr>
      <th scope="row">{seconds === undefined ? number(undefined) : timeText(seconds, zone)}</th>
      {CHANNEL_NAMES.map((name) => (
        <td>{number(snapshot[name], CHANNELS[name].digits)}</td>
      ))}
    </tr>
  );
}

function headOf(name: Channel): string {
  const { label, unit } = CHANNELS[name];
  return unit === "" ? label : `${label}, ${unit}`;
}
