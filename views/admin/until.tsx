import type { Markup } from "../jsx-runtime.ts";
import { age, utc } from "../parts/time.tsx";

/** A moment to come, by the hub's own clock: `2026-11-26 12:00:00 UTC, in 23 h`. */
export function Until({ iso, nowMs }: { readonly iso: string; readonly nowMs: number }): Markup {
  return (
    <time datetime={iso}>
      {utc(iso)} <small data-age="">{age(iso, nowMs)}</small>
    </time>
  );
}
