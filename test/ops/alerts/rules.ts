import { join } from "node:path";
import { YAML } from "bun";

export const ROOT = join(import.meta.dir, "..", "..", "..");
export const FOLDER = join(ROOT, "deploy", "prometheus");

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity?: string };
  readonly annotations: { readonly summary?: string; readonly runbook?: string };
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Alert[] }[];
}

interface TestFile {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

export async function readAlerts(): Promise<Alert[]> {
  const file = YAML.parse(await Bun.file(join(FOLDER, "alerts.yml")).text()) as RuleFile;
  return file.groups.flatMap(({ rules }) => rules);
}

/** Of each alert, whether a test expects it to fire and another one expects it not to. */
export async function testedWays(): Promise<Map<string, { fires: boolean; quiet: boolean }>> {
  const file = YAML.parse(await Bun.file(join(FOLDER, "alerts.test.yml")).text()) as TestFile;
  const ways = new Map<string, { fires: boolean; quiet: boolean }>();
  for (const { alertname, exp_alerts } of file.tests.flatMap((each) => each.alert_rule_test)) {
    const known = ways.get(alertname) ?? { fires: false, quiet: false };
    const fires = exp_alerts.length > 0;
    ways.set(alertname, { fires: known.fires || fires, quiet: known.quiet || !fires });
  }
  return ways;
}
