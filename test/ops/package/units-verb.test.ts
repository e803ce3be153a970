import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unitsVerb } from "../../../src/base/release/units-verb.ts";
import { HUB_UNITS } from "../../../src/cli/service/files.ts";
import { SPOKE_UNITS } from "../../../spoke/verbs/units.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const SHIPPED = join(import.meta.dir, "..", "..", "..", "deploy", "systemd");
const verb = unitsVerb("fleet-hub", {
  "fleet-hub.service": "of this release\n",
  "fleet-hub-new.timer": "of this release\n",
});

async function run(folder: string, flags: Record<string, boolean> = {}): Promise<string[]> {
  const lines: string[] = [];
  expect(await verb.run({ args: [folder], flags }, { print: (line) => lines.push(line) })).toBe(0);
  return lines;
}

test("a release writes its units over those that are there, adds none, and says unchanged the second time", async () => {
  const folder = temporaryDirectory();
  const path = join(folder, "fleet-hub.service");
  writeFileSync(path, "of the release before\n");
  expect(await run(folder, { dry_run: true })).toEqual([`would write ${path}`]);
  expect(readFileSync(path, "utf8")).toBe("of the release before\n");
  expect(await run(folder)).toEqual([`wrote ${path}`]);
  expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["of this release\n", ["fleet-hub.service"]]);
  expect(await run(folder)).toEqual(["unchanged"]);
});

test("a folder that is not there is misuse", async () => {
  const refused = await rejection(verb.run({ args: ["/nowhere"], flags: {} }, { print: () => {} }));
  expect(refused).toMatchObject({ code: "usage" });
});

test.each([
  ["fleet-hub", HUB_UNITS],
  ["fleet-spoke", SPOKE_UNITS],
])("%s carries every unit that is shipped for it", (product, units) => {
  const shipped = readdirSync(SHIPPED).filter((name) =>
    new RegExp(`^${product}[-@.].*(?:service|timer|path)$`).test(name),
  );
  expect(Object.keys(units).toSorted()).toEqual(shipped.toSorted());
});
