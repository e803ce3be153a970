/** Unix seconds up to the year 5138: what a timestamp column takes. */
const SECONDS_MAX = 99_999_999_999;

/** If-Modified-Since as old rigs send it (Unix seconds) or as HTTP defines it; undefined when it is neither. */
export function parseModifiedSince(header: string | null | undefined): number | undefined {
  const text = header?.trim() ?? "";
  const seconds = /^\d{1,11}$/.test(text) ? Number(text) : Math.floor(httpDateMs(text) / 1000);
  return seconds >= 0 && seconds <= SECONDS_MAX ? seconds : undefined;
}

/** Dates in other forms are ambiguous, so the runtime's lenient parser sees only these. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function httpDateMs(text: string): number {
  return HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
}
