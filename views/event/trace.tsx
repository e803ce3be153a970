import { measured, type TraceEntry } from "../../src/wire/event.ts";
import type { TRACE_STATUSES } from "../../src/wire/vocabulary.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Badge } from "../parts/badges.tsx";
import { ABSENT, number } from "../parts/numbers.ts";
import { Section } from "../parts/panel.tsx";
import { Words } from "../parts/words.tsx";

type Status = (typeof TRACE_STATUSES)[number];

/** What failed is looked for first. */
const ORDER: readonly Status[] = ["Failed", "Inconclusive", "Passed", "Info"];
const SIGNS: Readonly<Record<Status, string>> = { Failed: "✕", Inconclusive: "?", Passed: "✓", Info: "·" };

interface Step extends TraceEntry {
  readonly place: number;
  readonly offsetMs: number | undefined;
}

export function Trace({ entries }: { readonly entries: readonly TraceEntry[] }): Markup {
  const steps = stepsOf(entries);
  return (
    <Section id="trace" title="Trace">
      {steps.length === 0 ? <p class="empty">The rig sent no trace.</p> : <TraceTable steps={steps} />}
    </Section>
  );
}

function stepsOf(entries: readonly TraceEntry[]): Step[] {
  const times = entries.flatMap(({ timestamp_ms }) => measured(timestamp_ms) ?? []);
  const first = Math.min(...times);
  return entries
    .map((entry, at): Step => {
      const ms = measured(entry.timestamp_ms);
      const { stage, status, message } = entry;
      return { stage, status, message, place: at + 1, offsetMs: ms === undefined ? undefined : ms - first };
    })
    .toSorted((left, right) => ORDER.indexOf(left.status) - ORDER.indexOf(right.status) || left.place - right.place);
}

function TraceTable({ steps }: { readonly steps: readonly Step[] }): Markup {
  const failed = steps.filter(({ status }) => status === "Failed").length;
  const caption = `${number(steps.length)} ${steps.length === 1 ? "step" : "steps"}, ${failed === 0 ? "none failed" : `${number(failed)} failed, those first`}`;
  return (
    <div class="scroll" tabindex="0" role="region" aria-label="Steps of the trace">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col" class="number">
              Step
            </th>
            <th scope="col">Status</th>
            <th scope="col">Stage</th>
            <th scope="col">Message</th>
            <th scope="col" class="number">
              After, ms
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ place, status, stage, message, offsetMs }) => (
            <tr class={status === "Failed" ? "failed" : undefined}>
              <td class="number">{place}</td>
              <td>
                <Badge sign={SIGNS[status]} word={status} kind={`trace-${status.toLowerCase()}`} />
              </td>
              <td class="words">
                <bdi>{stage}</bdi>
              </td>
              <td class="words">
                <Words text={message} />
              </td>
              <td class="number">{offsetMs === undefined ? ABSENT : number(offsetMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
