import fc from "fast-check";

/** Every name that a page or a form asks for, and some that none does. */
const NAMES = [
  "zone from to done campaign category risk q state reason reach page outcome next field depth_to",
  "depth_from days by back after well waiting tracks theme target spoke sort size score_min score_max",
  "scale note late kind keys key id hub held event deed confirm cause bucket behind asked archived",
  "alone all agreed actor action rig rig_id well_id time_zone limit epoch since unasked",
].flatMap((line) => line.split(" "));

/** What breaks programs: numbers at their ends, words that objects have, markup, SQL, halves of characters. */
const ODD = [
  ["", " ", "0", "-1", "1e9", "9007199254740993", "99999999999999999999", "NaN", "Infinity", "0x10", "1.5"],
  ["null", "undefined", "true", "[]", "{}", "__proto__", "constructor", "toString", "hasOwnProperty"],
  ["' or 1=1 --", "%", "_", "\\", "\0", "a\0b", "\ud800", "\u202e", "\r\nSet-Cookie: a=b", "${1}", "{{1}}"],
  ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "../../etc/passwd", "//evil.test", "javascript:1"],
  ["2026-11-25", "2026-02-30", "0000-00-00", "9999-12-31", "275760-09-13", "-000001-01-01"],
  ["Critical", "High", "WellControl", "Resolved", "Production", "utc", "rig", "-time", "time", "100", "25", "open"],
  ["x".repeat(5_000)],
  [Buffer.from("[1,2]").toString("base64url")],
  [Buffer.from('{"at":1e300,"id":"x"}').toString("base64url")],
].flat();

const value = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ODD) }, { weight: 1, arbitrary: fc.string() });

/** Parameters of an address or a form. */
export function someFields(): fc.Arbitrary<readonly (readonly [string, string])[]> {
  return fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 5 });
}

/** What stands in a gap of a path: something that is there, or any of the odd words. */
export function aGap(known: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...known), value);
}

/** Also where it is no text at all: a lone surrogate has no bytes, and some bytes are no letter. */
export function encoded(text: string): string {
  return text === "" ? "%20" : encodeURIComponent(text.isWellFormed() ? text : "\0").replaceAll("x00", "%ff");
}
