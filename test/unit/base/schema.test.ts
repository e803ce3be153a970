import { expect, test } from "bun:test";
import { Type } from "typebox";
import { schema, show } from "../../../src/base/schema.ts";

const named = schema("thing", Type.Object({ name: Type.String() }));

test("a refusal names the path and what stands there", () => {
  expect(() => named.parse({ name: 7 })).toThrow("the thing does not fit: /name must be string, not 7");
});

test("a refusal never sends back much of what came, however long its names are", () => {
  const long = "x".repeat(70_000);
  for (const value of [long, { [long]: 1 }, [long], { a: { [long]: [long] } }]) {
    expect(show(value).length).toBeLessThan(300);
    for (const { problem } of named.issues({ name: value })) expect(problem.length).toBeLessThan(400);
    for (const { problem } of named.issues(value)) expect(problem.length).toBeLessThan(400);
  }
});
