export const ABSENT = "—";

/** `12,345.6`; a dash when there is nothing, which is not zero. */
export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return ABSENT;
  return formOf(digits).format(value);
}

/** Nobody counted further than `max`: so many stands for as many and more. */
export function countTo(value: number, max: number): string {
  return value >= max ? `${number(max)}+` : number(value);
}

/** `71 %` of a share from 0 to 1. */
export function percent(share: number | null | undefined, digits = 0): string {
  return share === null || share === undefined ? ABSENT : `${number(share * 100, digits)} %`;
}

/** `8 s`, `3 h`, `2 d`: one unit is enough beside an exact time. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return ABSENT;
  const [size, unit] = unitOf(Math.abs(seconds));
  return `${number(Math.floor(Math.abs(seconds) / size))} ${unit}`;
}

/** `6 h 12 m`: two units, where the difference matters. */
export function longDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return ABSENT;
  const whole = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${number(days)} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} m`;
  return minutes > 0 ? `${minutes} m ${whole % 60} s` : `${whole} s`;
}

/** `1.4 MB`, decimal as link tariffs are. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return ABSENT;
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${number(value / 1000 ** step, step === 0 ? 0 : 1)} ${units[step] ?? ""}`;
}

function unitOf(seconds: number): [number, string] {
  if (seconds < 60) return [1, "s"];
  if (seconds < 3600) return [60, "min"];
  return seconds < 48 * 3600 ? [3600, "h"] : [86_400, "d"];
}

/** Making one takes a hundred times as long as using it, and a table has a thousand figures. */
const FORMS = new Map<number, Intl.NumberFormat>();

/** A little below zero rounds to zero, not to -0.0. */
function formOf(digits: number): Intl.NumberFormat {
  const made = FORMS.get(digits);
  if (made !== undefined) return made;
  const form = new Intl.NumberFormat("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: "negative",
  });
  FORMS.set(digits, form);
  return form;
}
