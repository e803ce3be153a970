const ZERO = 48;
const FRACTION_AT = 20;
const MS_DIGITS = 3;
/** Whole seconds and the zone: `2026-11-25 05:18:18+00`. */
const SECONDS_END = 19;

/** A time as the database writes it, in a session of UTC as nearly all are. A page reads two thousand of them, and Date's own reading takes four times as long. */
export function readTime(text: string): Date {
  const end = text.length - 3;
  const isPlain = text.endsWith("+00") && text[4] === "-" && text[10] === " ";
  const isWhole = end === SECONDS_END || text[SECONDS_END] === ".";
  if (!isPlain || !isWhole) return new Date(text);
  const at = (place: number): number => text.charCodeAt(place) - ZERO;
  const two = (place: number): number => at(place) * 10 + at(place + 1);
  let ms = 0;
  for (let digit = 0; digit < MS_DIGITS; digit++) {
    const place = FRACTION_AT + digit;
    ms = ms * 10 + (place < end ? at(place) : 0);
  }
  return new Date(Date.UTC(two(0) * 100 + two(2), two(5) - 1, two(8), two(11), two(14), two(17), ms));
}
