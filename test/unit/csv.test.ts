import { describe, expect, test } from "bun:test";
import { silentLog } from "../../src/base/log.ts";
import { csvReply, csvRow, type CsvFile } from "../../src/http/csv.ts";
import { recordingLog } from "../support/recording-log.ts";
import { rejection } from "../support/rejection.ts";

interface Row {
  readonly id: number;
  readonly text: string;
}

async function* pagesOf(...pages: readonly (readonly Row[])[]) {
  yield* pages;
}

function aFile(spec: Partial<CsvFile<Row>> = {}): CsvFile<Row> {
  return {
    name: "events",
    nowMs: Date.parse("2026-11-25T14:02:10Z"),
    filter: [],
    zone: "UTC",
    columns: [
      { name: "id", value: ({ id }) => id },
      { name: "text", value: ({ text }) => text },
    ],
    pages: pagesOf(),
    log: silentLog,
    ...spec,
  };
}

const row = (id: number, text = `row ${id}`): Row => ({ id, text });

describe("a cell", () => {
  test.each([
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ["two\r\nlines", '"two\r\nlines"'],
    [" padded ", '" padded "'],
    ["ü ‮ 漢", "ü ‮ 漢"],
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", `"'\r=1"`],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ["a=1", "a=1"],
    ["", ""],
  ])("%j is written %j", (text, cell) => {
    expect(csvRow([text])).toBe(`${cell}\r\n`);
  });

  test("a negative number is a number, and nothing is empty", () => {
    expect(csvRow([-1.5, 0, null, undefined, false])).toBe("-1.5,0,,,false\r\n");
  });
});

describe("a file", () => {
  test("has its header first, every row, and last the filter, the zone and the count", async () => {
    const filter = [["category", "WellControl"]] as const;
    const reply = await csvReply(aFile({ filter, zone: "rig", pages: pagesOf([row(1), row(2)], [row(3)]) }));
    expect(await reply.text()).toBe(
      "id,text\r\n1,row 1\r\n2,row 2\r\n3,row 3\r\n" +
        "end of file: 3 rows | filter: category WellControl | times: UTC | zone of the page: rig | made 2026-11-25T14:02:10.000Z,\r\n",
    );
    expect(reply.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(reply.headers.get("content-disposition")).toBe(
      'attachment; filename="fleet-hub-events-2026-11-25T140210Z-WellControl.csv"',
    );
    expect(reply.headers.get("cache-control")).toBe("no-store");
  });

  test("without rows still has its header and says that no filter was set", async () => {
    const text = await (await csvReply(aFile())).text();
    expect(text).toStartWith("id,text\r\nend of file: 0 rows | filter: none | ");
  });

  test("ends at its most rows and says so, and not when that is exactly all", async () => {
    const pages = () => pagesOf([row(1), row(2)], [row(3), row(4)]);
    const cut = await (await csvReply(aFile({ pages: pages(), rowsMax: 3 }))).text();
    expect(cut.split("\r\n").slice(-3)[0]).toBe("3,row 3");
    expect(cut).toContain("cut short: 3 rows is the most");
    const exact = await (await csvReply(aFile({ pages: pages(), rowsMax: 4 }))).text();
    expect(exact).toContain("end of file: 4 rows");
  });

  test("a name made of a filter cannot break out of its header", async () => {
    const filter = [["words", '"; x\r\nSet-Cookie: a=b']] as const;
    const name = (await csvReply(aFile({ filter }))).headers.get("content-disposition");
    expect(name).toMatch(/^attachment; filename="[A-Za-z0-9._-]+\.csv"$/);
  });

  test("pages are read only as they are taken, and no more once the reader leaves", async () => {
    let read = 0;
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield [row((read += 1))];
      } finally {
        closed = true;
      }
    }
    const body = (await csvReply(aFile({ pages: endless() }))).body;
    expect(read).toBe(1);
    const reader = body?.getReader();
    await reader?.read();
    await reader?.read();
    expect(read).toBeLessThanOrEqual(2);
    await reader?.cancel();
    expect(closed).toBe(true);
  });

  test("a first page that is refused refuses the request; a later one cuts the file and is logged", async () => {
    async function* failing(after: number) {
      for (let page = 0; page < after; page += 1) yield [row(page)];
      throw new Error("the database went away");
    }
    expect(await rejection(csvReply(aFile({ pages: failing(0) })))).toMatchObject({
      message: "the database went away",
    });
    const log = recordingLog();
    const reply = await csvReply(aFile({ pages: failing(1), log }));
    expect(await rejection(reply.text())).toMatchObject({ message: "the database went away" });
    expect(log.events).toEqual(["csv.failed"]);
  });
});
