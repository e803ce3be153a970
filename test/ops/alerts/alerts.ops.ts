import { expect, test } from "bun:test";
import { createSpoke } from "../../../spoke/spoke.ts";
import { startHubProcess } from "../../support/daemon.ts";
import { debianTool } from "../../support/debian-tool.ts";
import { rigContext } from "../../support/rig.ts";
import { FOLDER, readAlerts, testedWays } from "./rules.ts";

const promtool = debianTool("promtool", "prometheus");
const HUB_MS = 120_000;
const RULES_MS = 300_000;
if (promtool === undefined) process.stderr.write("SKIPPED: promtool is not here and its package cannot be had\n");

test.skipIf(promtool === undefined)(
  "promtool accepts the rules and all of their tests pass",
  async () => {
    for (const words of [
      ["check", "rules", "alerts.yml"],
      ["test", "rules", "alerts.test.yml"],
    ]) {
      const { code, text } = run(words);
      expect([words.join(" "), code, code === 0 ? "" : text]).toEqual([words.join(" "), 0, ""]);
    }
    const [alerts, ways] = await Promise.all([readAlerts(), testedWays()]);
    const both = alerts.filter(({ alert }) => ways.get(alert)?.fires === true && ways.get(alert)?.quiet === true);
    process.stdout.write(`${both.length} of ${alerts.length} alerts tested both ways\n`);
    expect(both).toHaveLength(alerts.length);
  },
  RULES_MS,
);

test.skipIf(promtool === undefined)(
  "promtool finds nothing to say of what a hub and a spoke tell",
  async () => {
    const hub = await startHubProcess();
    const spoke = await createSpoke(rigContext());
    try {
      const told = {
        hub: await (await fetch(`${hub.url}/metrics`)).bytes(),
        spoke: await (await spoke.handle(new Request("http://127.0.0.1:8790/metrics"))).bytes(),
      };
      for (const [end, figures] of Object.entries(told)) {
        const { code, text } = run(["check", "metrics"], figures);
        expect([end, code, text]).toEqual([end, 0, ""]);
      }
    } finally {
      await hub.stop();
      await spoke.stop();
    }
  },
  HUB_MS,
);

function run(words: readonly string[], stdin?: Uint8Array): { code: number; text: string } {
  const ended = Bun.spawnSync([promtool ?? "promtool", ...words], { cwd: FOLDER, stdin: stdin ?? "ignore" });
  return { code: ended.exitCode, text: `${ended.stdout.toString()}${ended.stderr.toString()}` };
}
