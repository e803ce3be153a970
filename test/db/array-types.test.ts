import { expect, test } from "bun:test";
import fc from "fast-check";
import { forEachEngine, testDatabase } from "../support/postgres.ts";

const SEED = 20_261_125;

forEachEngine("arrays", (engine) => {
  test("any texts, numbers, times, bytes and nothings come back as they were sent", async () => {
    const { sql, close } = await testDatabase(engine);
    const text = fc.string({
      unit: fc.constantFrom("{", "}", "\\", '"', ",", "'", " ", "NULL", "null", "\n", "\u00e9", "\u{1F6E2}", "a"),
    });
    const sent = fc.record({
      texts: fc.array(fc.option(text), { maxLength: 6 }),
      numbers: fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })), { maxLength: 6 }),
      counts: fc.array(fc.option(fc.maxSafeInteger()), { maxLength: 6 }),
      bytes: fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(sent, async ({ texts, numbers, counts, bytes }) => {
        const hex = bytes.map((each) => Buffer.from(each).toString("hex"));
        const [row] = await sql`
          select ${texts}::text[] as texts, ${numbers}::float8[] as numbers, ${counts}::bigint[] as counts,
            array(select decode(each, 'hex') from unnest(${hex}::text[]) with ordinality as one (each, at) order by at)
              as bytes`;
        expect(row).toEqual({
          texts,
          numbers,
          counts,
          bytes: bytes.map((each) => Buffer.from(each)),
        });
      }),
      { seed: SEED, numRuns: 25 },
    );
    await close();
  });

  test("times, dates and arrays of arrays are read, and an array without elements is one", async () => {
    const { sql, close } = await testDatabase(engine);
    const [row] = await sql`
      select array['2026-11-25T10:00:00.123Z', null]::timestamptz[] as times, array['2026-11-25']::date[] as dates,
        array[array['a', 'b'], array['}', null]] as nested, '{}'::text[] as none, ${["x"]}::text[] as one`;
    expect(row).toEqual({
      times: [new Date("2026-11-25T10:00:00.123Z"), null],
      dates: [new Date("2026-11-25T00:00:00Z")],
      nested: [
        ["a", "b"],
        ["}", null],
      ],
      none: [],
      one: ["x"],
    });
    await close();
  });
});
