import { expect, test } from "bun:test";
import { Fault } from "../../../src/base/fault.ts";
import { canonicalJson, JSON_DEPTH_MAX, parseJson } from "../../../src/base/json.ts";

function refused(body: string | Uint8Array): string {
  try {
    parseJson(typeof body === "string" ? Buffer.from(body) : body);
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
  return "nothing was refused";
}

test("a JSON body is parsed as it is", () => {
  expect(parseJson(Buffer.from('{"a":[1,"é",null]}'))).toEqual({ a: [1, "é", null] });
});

test("what is not JSON, not UTF-8 or nested too deep is refused with the reason", () => {
  expect(refused('{"a":')).toBe("the body is not JSON");
  expect(refused(Uint8Array.of(0x22, 0xff, 0x22))).toBe("the body is not UTF-8");
  expect(refused("[".repeat(1_000_000))).toContain("nested too deep");
});

test("depth is bounded whether brackets are few or many, and exactly", () => {
  const nested = (depth: number, width: number): string =>
    `[${"[],".repeat(width)}${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}]`;
  for (const width of [0, 20_000]) {
    expect(refused(nested(JSON_DEPTH_MAX + 1, width))).toContain("nested too deep");
    expect(refused(nested(JSON_DEPTH_MAX, width))).toBe("nothing was refused");
  }
});

test("brackets inside a text do not count as depth", () => {
  expect(parseJson(Buffer.from(JSON.stringify({ a: `\\"${"[".repeat(100)}` })))).toEqual({
    a: `\\"${"[".repeat(100)}`,
  });
});

test("a text that PostgreSQL cannot keep is refused, an escaped whole pair is not", () => {
  expect(refused(String.raw`{"a":"x\u0000"}`)).toContain("NUL");
  expect(refused(String.raw`{"a":"\ud800"}`)).toContain("surrogate");
  expect(refused(String.raw`{"\u0000":1}`)).toContain("NUL");
  expect(parseJson(Buffer.from(String.raw`{"a":"\ud83d\ude00 \\u0000"}`))).toEqual({ a: "😀 \\u0000" });
});

test("equal values have one canonical text, whatever their order and spacing", () => {
  expect(canonicalJson(JSON.parse('{"b":1.0, "a":{"d":[1,{"z":1,"y":2}],"c":2}}'))).toBe(
    '{"a":{"c":2,"d":[1,{"y":2,"z":1}]},"b":1}',
  );
});
