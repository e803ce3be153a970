import { categorise } from "../../../src/recall/category.ts";
import type { IndexEntry } from "../../../src/recall/entry.ts";
import { episodeMetrics } from "../../../src/recall/metrics.ts";
import type { EpisodeMetrics } from "../../../src/wire/episode.ts";
import { fleetEventSchema, type FleetEvent } from "../../../src/wire/event.ts";
import type { Category } from "../../../src/wire/vocabulary.ts";
import { readLines, type FixtureLabel } from "../../support/fixtures.ts";
import { entryOfEvent } from "../../support/synthetic-library.ts";

/** An event with what the simulation knew of it. */
export interface Case {
  readonly event: FleetEvent;
  readonly entry: IndexEntry;
  readonly metrics: EpisodeMetrics;
  readonly labelled: Category;
  /** What the case is about; empty when nobody said. */
  readonly family: string;
}

const FAMILY_OF: Readonly<Record<string, string>> = { Kick: "Influx", MseInefficiency: "HardStringer" };

export function readCases(eventFile: string, labelFile: string): Case[] {
  const labels = new Map((readLines(labelFile) as FixtureLabel[]).map((label) => [label.id, label]));
  return readLines(eventFile)
    .map((value) => fleetEventSchema.parse(value))
    .map((event) => {
      const label = labels.get(event.id);
      const phase = label?.phase ?? "";
      return {
        event,
        entry: entryOfEvent(event),
        metrics: episodeMetrics(event),
        labelled: label?.ticket_category ?? categorise(event).category,
        family: FAMILY_OF[phase] ?? phase,
      };
    });
}

/** Left: nothing that the rig wrote as a text about its category. */
export function withoutTexts(event: FleetEvent): FleetEvent {
  const { category: _, trace_log: __, recommendation: ___, expected_benefit: ____, ...advisory } = event.advisory;
  return { ...event, advisory: { ...advisory, reasoning: null } };
}
