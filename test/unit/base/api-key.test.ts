import { expect, test } from "bun:test";
import { bearerKey } from "../../../src/base/api-key.ts";

/** As a server reads what a terminal typed: a character a byte. */
function read(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

test("a key may hold any letters but spaces: a header is read as the UTF-8 that it was typed in", () => {
  for (const key of ["sk-admin-plain", 'it\'s-"one"-$HOME-%p-`id`-\\n', "clé-où-à-ключ-鍵-🔑"]) {
    expect(bearerKey(read(`Bearer ${key}`))).toBe(key);
  }
  // Clients that send a byte a letter are taken at their word.
  expect(bearerKey("Bearer clé-de-la-plateforme")).toBe("clé-de-la-plateforme");
  expect(bearerKey(read("Bearer two words"))).toBeUndefined();
  expect(bearerKey(read("Basic x"))).toBeUndefined();
  expect(bearerKey(read(`Bearer ${"k".repeat(513)}`))).toBeUndefined();
});
