import { expect, test } from "bun:test";
import { entryOf } from "../../../src/recall/entry-of.ts";
import { missingSituation } from "../../../src/recall/fingerprint.ts";
import { precedentText } from "../../../src/recall/precedent-text.ts";
import type { FleetEpisode } from "../../../src/wire/episode.ts";
import { fixtureBytes } from "../../support/fixtures.ts";

const EPISODE: FleetEpisode = {
  id: "RIG-3-1-episode",
  rig_id: "RIG-3",
  category: "Mechanical",
  campaign: "Production",
  depth_range: [12_450, 12_450],
  risk_level: "High",
  severity: "Critical",
  resolution_summary: "Worked string, back-reamed",
  outcome: { Resolved: { action_taken: "Worked string" } },
  timestamp: 1,
  key_metrics: { mse_efficiency: 0, flow_balance: 0, d_exponent: 0, torque_delta_percent: 0, ecd_margin: 0, rop: 0 },
  score: 0.871,
};

test("a precedent reads as the rig software writes it", () => {
  expect(precedentText(EPISODE)).toBe(
    "PRECEDENT [High] Mechanical: Critical at 12450ft (rig RIG-3, Resolved). Resolution: Worked string, back-reamed. Score: 0.87",
  );
});

test("a precedent without resolution or score says so and leaves the score out", () => {
  const { score: _, ...unscored } = { ...EPISODE, resolution_summary: " \n", outcome: "Pending" as const };
  expect(precedentText(unscored)).toBe(
    "PRECEDENT [High] Mechanical: Critical at 12450ft (rig RIG-3, Pending). Resolution: not recorded.",
  );
});

test("a precedent is one line, however the driller wrote it, and not endless", () => {
  const text = precedentText({
    ...EPISODE,
    depth_range: [12_400, 12_480.4],
    resolution_summary: `a\n\nb ${"c".repeat(900)}`,
  });
  expect(text).toContain("at 12400-12480ft");
  expect(text).not.toContain("\n");
  expect(text.length).toBeLessThan(520);
});

test("every episode of a reference hub becomes an entry, without a situation that it does not send", () => {
  const { episodes } = JSON.parse(new TextDecoder().decode(fixtureBytes("library-response.json"))) as {
    episodes: FleetEpisode[];
  };
  const entries = episodes.map(entryOf);
  expect(entries).toHaveLength(8);
  expect(new Set(entries.map(({ outcome }) => outcome)).size).toBe(4);
  for (const entry of entries) expect(entry.situation).toEqual(missingSituation());
});
