import type { PostgresType } from "postgres";
import { readTime } from "./times.ts";

/**
 * The client would ask each new connection for the types of arrays, and nobody handles it when that question fails:
 * pgbouncer lets in while the primary is away, refuses the question, and the process ends. The numbers of built-in
 * types never change, so they stand here, and a connection costs one question less.
 */
export function arrayTypes(elements: readonly ElementType[]): Record<string, PostgresType<unknown>> {
  return Object.fromEntries(
    elements.map(({ array, write, read }) => [
      `array_${array}`,
      {
        to: array,
        from: [array],
        serialize: (value: unknown) => (Array.isArray(value) ? writeArray(value, write) : value),
        parse: (text: string) => readArray(text, read),
      },
    ]),
  );
}

export interface ElementType {
  /** The array's number in pg_type. */
  readonly array: number;
  readonly write: (element: unknown) => string;
  readonly read: (text: string) => unknown;
}

const asText = (text: string): string => text;

function writeTime(element: unknown): string {
  return element instanceof Date ? element.toISOString() : String(element);
}

function writeBytes(element: unknown): string {
  return `\\x${Buffer.from(element as Uint8Array).toString("hex")}`;
}

/** Of what our statements send and read: texts, names, numbers, truth, times, bytes. */
export function elementTypes(readBigint: (text: string) => number): readonly ElementType[] {
  return [
    ...[1009, 1015, 1003, 2951, 1041].map((array) => ({ array, write: String, read: asText })),
    ...[1005, 1007, 1021, 1022].map((array) => ({ array, write: String, read: Number })),
    { array: 1016, write: String, read: readBigint },
    { array: 1000, write: String, read: (text) => text === "t" },
    ...[1115, 1182, 1185].map((array) => ({ array, write: writeTime, read: readTime })),
    { array: 1001, write: writeBytes, read: (text) => Buffer.from(text.slice(2), "hex") },
    { array: 3807, write: (element) => JSON.stringify(element), read: (text) => JSON.parse(text) as unknown },
  ];
}

function writeArray(elements: readonly unknown[], write: ElementType["write"]): string {
  const written = elements.map((element) => {
    if (element === null) return "NULL";
    if (Array.isArray(element)) return writeArray(element, write);
    return `"${write(element).replaceAll(/[\\"]/g, "\\$&")}"`;
  });
  return `{${written.join(",")}}`;
}

/** An element in quotes, one without, or what opens, parts and closes arrays. */
const PIECE = /"((?:[^"\\]|\\.)*)"|([^{},"]+)|[{},]/gs;

function readArray(text: string, read: ElementType["read"]): unknown[] {
  const open: unknown[][] = [[]];
  for (const [piece, quoted, plain] of text.matchAll(PIECE)) {
    const own = open.at(-1) ?? [];
    if (quoted !== undefined) own.push(read(quoted.replaceAll(/\\(.)/gs, "$1")));
    else if (plain !== undefined) own.push(plain === "NULL" ? null : read(plain));
    else if (piece === "{") open.push([]);
    else if (piece === "}") open.at(-2)?.push(open.pop());
  }
  return (open[0]?.[0] ?? []) as unknown[];
}
