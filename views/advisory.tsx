import type { PhysicsReport as Report, TraceEntry, Vote } from "../src/wire/event.ts";
import { ABSENT, number } from "./parts/numbers.ts";
import type { Markup } from "./jsx-runtime.ts";

export function Votes({ votes }: { readonly votes: readonly Vote[] }): Markup {
  if (votes.length === 0) return <p class="empty">The advisory has no votes.</p>;
  return (
    <div class="scroll" tabindex="0" role="region" aria-label="Votes">
      <table>
        <caption>Votes of the specialists</caption>
        <thead>
          <tr>
            <th scope="col">Specialist</th>
            <th scope="col">Vote</th>
            <th scope="col" class="number">
              Weight
            </th>
            <th scope="col">Reasoning</th>
          </tr>
        </thead>
        <tbody>
          {votes.map(({ specialist, vote, weight, reasoning }) => (
            <tr>
              <th scope="row">{specialist}</th>
              <td>{vote}</td>
              <td class="number">{number(weight, 2)}</td>
              <td class="words">{reasoning ?? ABSENT}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Names as the rig wrote them. What it did not measure is a dash, not a zero. */
export function PhysicsReport({ report }: { readonly report: Report }): Markup {
  return (
    <details>
      <summary>Physics report</summary>
      <dl class="facts">
        {Object.entries(report).map(([name, value]) => (
          <>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>{measurement(value)}</dd>
          </>
        ))}
      </dl>
    </details>
  );
}

export function Trace({ entries }: { readonly entries: readonly TraceEntry[] }): Markup {
  if (entries.length === 0) return <></>;
  return (
    <details>
      <summary>{`Trace, ${entries.length} steps`}</summary>
      <ol>
        {entries.map(({ stage, status, message }) => (
          <li class="words">
            <strong>{status}</strong> {stage}: {message}
          </li>
        ))}
      </ol>
    </details>
  );
}

function measurement(value: unknown): string {
  if (typeof value === "number") return number(value, 2);
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return typeof value === "boolean" || typeof value === "string" ? String(value) : ABSENT;
}
