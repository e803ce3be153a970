import { PAGE_SIZE, PAGE_SIZES } from "../../views/parts/pager.tsx";
import { Fault } from "../base/fault.ts";
import { suggestion } from "../base/nearest.ts";
import { show } from "../base/schema.ts";
import { isStorable } from "../base/json.ts";
import { isRigId } from "../wire/identity.ts";

const TEXT_MAX = 200;
/** Of these centuries: the database knows no year 0, and the day after the year 9999 has five digits. */
const DAY = /^(?:19|2\d)\d{2}-\d{2}-\d{2}$/;

/** What an address asks for. A form sends what was left empty as an empty text: that is nothing. Faults: `invalid_request`. */
export function given(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name)?.trim();
  if (value === undefined || value === "") return undefined;
  if (value.length <= TEXT_MAX && isStorable(value)) return value;
  throw refusal(name, value, `give at most ${TEXT_MAX} characters`);
}

export function choice<const T extends string>(
  query: URLSearchParams,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = given(query, name);
  const known = choices.find((candidate) => candidate === value);
  if (value === undefined || known !== undefined) return known;
  throw refusal(name, value, suggestion(value, choices));
}

/** What a page says after a deed; a word that it does not know, or that every object has, says nothing. */
export function sentenceOf(
  query: URLSearchParams,
  name: string,
  sentences: Readonly<Record<string, string>>,
): string | undefined {
  const word = given(query, name) ?? "";
  return Object.hasOwn(sentences, word) ? sentences[word] : undefined;
}

/** Present and not empty. */
export function flag(query: URLSearchParams, name: string): boolean {
  return given(query, name) !== undefined;
}

export function decimal(
  query: URLSearchParams,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const value = given(query, name);
  if (value === undefined) return undefined;
  const asked = /^-?\d{1,15}(\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
  if (asked >= min && asked <= max) return asked;
  throw refusal(name, value, `give a number from ${min} to ${max}`);
}

export function integer(
  query: URLSearchParams,
  name: string,
  range: { readonly min: number; readonly max: number },
): number | undefined {
  const asked = decimal(query, name, range);
  if (asked === undefined || Number.isInteger(asked)) return asked;
  throw refusal(name, `${asked}`, "give a whole number");
}

/** `2026-05-31`, a UTC day. */
export function day(query: URLSearchParams, name: string): string | undefined {
  const value = given(query, name);
  if (value === undefined) return undefined;
  const date = DAY.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  if (date !== undefined && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)) return value;
  throw refusal(name, value, "give a day like 2026-05-31");
}

export function rigOf(query: URLSearchParams, name = "rig"): string | undefined {
  const rig = given(query, name);
  if (rig === undefined || isRigId(rig)) return rig;
  throw refusal(name, rig, "the list of rigs has their names");
}

export interface Sort<T extends string> {
  readonly by: T;
  readonly down: boolean;
  /** As in the address: `name` or `-name`. */
  readonly text: string;
}

/** `?sort=name` or `?sort=-name`. */
export function sortOf<const T extends string>(query: URLSearchParams, names: readonly T[], standard: string): Sort<T> {
  const text = given(query, "sort") ?? standard;
  const down = text.startsWith("-");
  const name = down ? text.slice(1) : text;
  const by = names.find((candidate) => candidate === name);
  if (by !== undefined) return { by, down, text };
  throw refusal("sort", text, suggestion(name, names));
}

/** Rows of a page. */
export function sizeOf(query: URLSearchParams): number {
  const asked = integer(query, "size", { min: 1, max: Math.max(...PAGE_SIZES) }) ?? PAGE_SIZE;
  if (PAGE_SIZES.some((size) => size === asked)) return asked;
  throw refusal("size", `${asked}`, `give ${PAGE_SIZES.join(", ")}`);
}

/** Where the page starts: what the page before gave as its next. */
export function afterOf(query: URLSearchParams): { readonly after?: string } {
  const after = query.get("after");
  return after === null || after === "" ? {} : { after };
}

function refusal(name: string, value: string, hint: string | undefined): Fault {
  return new Fault("invalid_request", `${name} cannot be ${show(value)}`, hint);
}
