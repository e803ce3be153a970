import type { Log } from "../base/log.ts";

/** Rows of one file; what does not fit is said in the last. */
export const CSV_ROWS_MAX = 100_000;
const NAME_MAX = 120;

export type CsvValue = string | number | boolean | null | undefined;

export interface CsvColumn<Row> {
  /** With its unit: `depth_ft`, `received_utc`. */
  readonly name: string;
  readonly value: (row: Row) => CsvValue;
}

export interface CsvFile<Row> {
  /** `events`. */
  readonly name: string;
  readonly nowMs: number;
  /** What the rows were chosen by, as the page says it: name and value. */
  readonly filter: readonly (readonly [name: string, value: string])[];
  /** The zone that the page showed; the file has UTC in any case. */
  readonly zone: string;
  readonly columns: readonly CsvColumn<Row>[];
  /** One page after the other is asked for, as fast as the reader takes them. */
  readonly pages: AsyncIterable<readonly Row[]>;
  readonly log: Log;
  readonly rowsMax?: number;
}

/**
 * A table as a file: RFC 4180 without a mark of byte order, the header first, and a last row that tells the filter, the
 * zone, and whether all rows are there. A refusal of the first page is still a refusal of the request.
 */
export async function csvReply<Row>(file: CsvFile<Row>): Promise<Response> {
  const chunks = csvChunks(file);
  const first = await chunks.next();
  let given = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = given ? await chunks.next() : first;
          given = true;
          if (chunk.done === true) controller.close();
          else controller.enqueue(encoder.encode(chunk.value));
        } catch (error) {
          // The status is long sent: cutting the file short without its last row is all that is left to say.
          file.log.error("csv.failed", { file: file.name, error });
          controller.error(error);
        }
      },
      async cancel() {
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, { headers: headersOf(fileName(file)) });
}

const encoder = new TextEncoder();

async function* csvChunks<Row>(file: CsvFile<Row>): AsyncGenerator<string, undefined> {
  const { columns, pages, rowsMax = CSV_ROWS_MAX } = file;
  let rows = 0;
  let whole = true;
  let text = csvRow(columns.map(({ name }) => name));
  for await (const page of pages) {
    const taken = page.slice(0, rowsMax - rows);
    rows += taken.length;
    whole = taken.length === page.length;
    yield text + taken.map((row) => csvRow(columns.map(({ value }) => value(row)))).join("");
    text = "";
    if (!whole) break;
  }
  // As many cells as every other row: some readers refuse a file otherwise.
  yield text + csvRow(columns.map((_, at) => (at === 0 ? closing(file, rows, whole ? undefined : rowsMax) : null)));
  return undefined;
}

function closing<Row>({ filter, zone, nowMs }: CsvFile<Row>, rows: number, cutAt: number | undefined): string {
  const chosen = filter.length === 0 ? "none" : filter.map(([name, value]) => `${name} ${value}`).join("; ");
  const count = `${rows.toLocaleString("en-US")} rows`;
  const end = cutAt === undefined ? `end of file: ${count}` : `cut short: ${count} is the most; narrow the filter`;
  return `${end} | filter: ${chosen} | times: UTC | zone of the page: ${zone} | made ${new Date(nowMs).toISOString()}`;
}

export function csvRow(values: readonly CsvValue[]): string {
  return `${values.map(csvCell).join(",")}\r\n`;
}

/** A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers are left as they are. */
function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `fleet-hub-events-2026-11-25T140210Z-WellControl.csv` */
function fileName<Row>({ name, nowMs, filter }: CsvFile<Row>): string {
  const stamp = `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "")}Z`;
  const parts = [`fleet-hub-${name}`, stamp, ...filter.map(([, value]) => value)];
  return `${parts
    .map((part) => part.replaceAll(/[^A-Za-z0-9._-]+/g, "_"))
    .join("-")
    .slice(0, NAME_MAX)}.csv`;
}

function headersOf(name: string): Record<string, string> {
  return {
    "Content-Type": "text/csv; charset=utf-8; header=present",
    "Content-Disposition": `attachment; filename="${name}"`,
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
  };
}
