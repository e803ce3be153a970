import { withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { number } from "../parts/numbers.ts";
import type { RigsPage } from "./model.ts";

const STATES = [
  ["all", "All"],
  ["silent", "Silent over 48 h"],
  ["late", "Late over 12 h"],
  ["waiting", "Waiting for first contact"],
  ["active", "Active"],
  ["revoked", "Revoked"],
] as const;

/** Each state with how many rigs the other filters leave it; each is an address that can be sent. */
export function StateLinks({ frame, page }: { readonly frame: Frame; readonly page: RigsPage }): Markup {
  const { counts, filter } = page;
  return (
    <nav aria-label="Rigs by state">
      <ul class="states">
        {STATES.map(([state, words]) => (
          <li class={counts[state] > 0 ? `count-${state}` : "count-none"}>
            <a
              href={withQuery(frame.here, { state: state === "all" ? undefined : state, after: undefined })}
              aria-current={(filter.state ?? "all") === state ? "true" : undefined}
            >
              <strong>{number(counts[state])}</strong> {words}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
