import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createMetrics as hubMetrics } from "../../../src/http/metrics.ts";
import { createSpoke } from "../../../spoke/spoke.ts";
import { rigContext } from "../../support/rig.ts";
import { readAlerts, ROOT, testedWays } from "./rules.ts";

const alerts = await readAlerts();

test("every alarm says how bad it is, what happened and where the way out is written", () => {
  for (const { alert, labels, annotations } of alerts) {
    expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(critical|warning)$/)]);
    expect([alert, annotations.summary]).toEqual([alert, expect.stringMatching(/\.$/)]);
    expect([alert, existsSync(join(ROOT, annotations.runbook ?? "none"))]).toEqual([alert, true]);
  }
});

test("every alarm is tested both ways, and no test is of an alarm that is gone", async () => {
  const ways = await testedWays();
  expect([...ways.keys()].toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
  for (const [alert, { fires, quiet }] of ways) expect([alert, fires, quiet]).toEqual([alert, true, true]);
});

test("the index of runbooks names every alarm, with the runbook that the alarm names", () => {
  const index = readFileSync(join(ROOT, "docs", "runbooks", "README.md"), "utf8");
  for (const { alert, annotations } of alerts) {
    const row = index.split("\n").find((line) => line.startsWith(`| ${alert} |`));
    expect([alert, row]).toEqual([alert, expect.stringContaining(annotations.runbook?.split("/").at(-1) ?? "none")]);
  }
});

test("alarms look only at figures that a hub or a spoke tells", async () => {
  const told = await toldFigures();
  const asked = alerts.flatMap(({ expr }) => expr.match(/\bfleet_(?:hub|spoke)_[a-z_]+/g) ?? []);
  expect(asked.length).toBeGreaterThan(20);
  expect([...new Set(asked)].filter((name) => !told.includes(`# HELP ${name} `))).toEqual([]);
});

async function toldFigures(): Promise<string> {
  const hub = await hubMetrics("0.0.0-test").text(undefined);
  const spoke = await createSpoke(rigContext());
  const reply = await spoke.handle(new Request("http://127.0.0.1:8790/metrics"));
  const told = hub + (await reply.text());
  await spoke.stop();
  return told;
}
