import { expect, test } from "bun:test";
import { newEnrolmentCode, readEnrolmentCode, spacedCode } from "../../../src/base/enrolment-code.ts";
import { seededRandom } from "../../../src/base/random.ts";

test("a code has 8 letters that nobody mistakes, each of them equally often", () => {
  const random = seededRandom(7);
  const codes = Array.from({ length: 4000 }, () => newEnrolmentCode(random));
  expect(new Set(codes).size).toBe(codes.length);
  const counts = new Map<string, number>();
  for (const letter of codes.join("")) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect([...counts.keys()].toSorted().join("")).toBe("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
});

test("is read however people type it", () => {
  for (const code of ["7KQ2M9X0", "00000000", "ABCDEFG1"]) {
    for (const typed of [code, spacedCode(code), code.toLowerCase(), ` ${code.slice(0, 2)} ${code.slice(2)} `]) {
      expect(readEnrolmentCode(typed)).toBe(code);
    }
  }
  expect(readEnrolmentCode("oOiI-lL0Z")).toBe("0011110Z".slice(0, 8));
});

test("what cannot be one is none", () => {
  for (const typed of ["", "7KQ2M9X", "7KQ2M9X00", "7KQ2M9XU", "7KQ2M9X!", "７KQ2M9X0"]) {
    expect(readEnrolmentCode(typed)).toBeUndefined();
  }
});
