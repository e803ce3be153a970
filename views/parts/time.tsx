import type { Markup } from "../jsx-runtime.ts";
import type { Zone } from "../frame/model.ts";
import { ABSENT, duration } from "./numbers.ts";

/** What a clock may be ahead before its stamps are marked. */
const AHEAD_S = 60;

/** `2026-02-09 14:02:10 UTC` of an ISO time. */
export function utc(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `2026-02-09 08:02:10 GMT-6`: the same instant as the crew of the rig reads it. An unknown zone is shown as UTC. */
export function localTime(iso: string, timeZone: string): string {
  const form = formOf(timeZone);
  if (form === undefined || timeZone === "UTC") return utc(iso);
  return form.format(Date.parse(iso)).replace(",", "");
}

/** `8 s ago`, `in 2 d`. */
export function age(iso: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(iso)) / 1000);
  return seconds < 0 ? `in ${duration(seconds)}` : `${duration(seconds)} ago`;
}

interface TimeProps {
  readonly iso: string | null | undefined;
  readonly nowMs: number;
  /** UTC unless the page shows the time of rigs, and `timeZone` says which that is. */
  readonly zone?: Zone;
  readonly timeZone?: string | undefined;
  /** The exact time only, or the age only: the other stands elsewhere in the row. */
  readonly only?: "time" | "age";
}

/** Exact and relative. Our script keeps the age true while the page stands. */
export function Time({ iso, nowMs, zone = "utc", timeZone = "UTC", only }: TimeProps): Markup {
  if (iso === null || iso === undefined) return <span>{ABSENT}</span>;
  const ahead = Date.parse(iso) - nowMs > AHEAD_S * 1000;
  const exact = zone === "rig" ? localTime(iso, timeZone) : utc(iso);
  return (
    <time datetime={iso} class={ahead ? "ahead" : undefined} title={only === "age" ? exact : undefined}>
      {only !== "age" && <>{exact} </>}
      {only !== "time" && <small data-age="">{age(iso, nowMs)}</small>}
      {ahead && <small> clock ahead</small>}
    </time>
  );
}

/** A time to come is no clock that runs ahead; one that has passed is something that did not happen. */
export function PlannedTime({ iso, nowMs }: { readonly iso: string; readonly nowMs: number }): Markup {
  return (
    <time datetime={iso}>
      {utc(iso)} <small data-age="">{age(iso, nowMs)}</small>
      {Date.parse(iso) < nowMs && <small> (overdue)</small>}
    </time>
  );
}

/** When the figures of the page were read, and how long ago that is. */
export function AsOf({ nowMs }: { readonly nowMs: number }): Markup {
  const iso = new Date(nowMs).toISOString();
  return (
    <>
      as of{" "}
      <time id="as-of" datetime={iso}>
        {iso.slice(11, 19)} UTC
      </time>
      , <span id="as-of-age">0 s ago</span>
    </>
  );
}

const FORMS = new Map<string, Intl.DateTimeFormat | undefined>();
/** More than the world has. */
const FORMS_MAX = 1000;

function formOf(timeZone: string): Intl.DateTimeFormat | undefined {
  if (!FORMS.has(timeZone) && FORMS.size < FORMS_MAX) FORMS.set(timeZone, makeForm(timeZone));
  return FORMS.get(timeZone);
}

function makeForm(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-CA", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      timeZoneName: "shortOffset",
    });
  } catch {
    return undefined;
  }
}
