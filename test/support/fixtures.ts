import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runtimeZstd } from "../../src/base/zstd.ts";
import { MIB } from "../../src/base/limits.ts";
import { fleetEventSchema, type FleetEvent } from "../../src/wire/event.ts";
import type { EventOutcome } from "../../src/wire/outcome.ts";
import type { Category } from "../../src/wire/vocabulary.ts";

export const FIXTURES = join(import.meta.dir, "..", "fixtures");
const INFLATED_MAX = 256 * MIB;

/** What a rig knew of its event and did not send. */
export interface FixtureLabel {
  readonly id: string;
  readonly kind: "ticket" | "periodic_summary";
  readonly ticket_category: Category;
  readonly ticket_type: string;
  readonly ticket_severity: string;
  readonly trigger: string;
  readonly pattern: string | null;
  readonly verification: string;
  /** The simulated situation; empty for the two stock runs. */
  readonly phase: string;
}

/** A driller's remark in the manner of daily reports; it belongs to no particular event. */
export interface FixtureOutcome {
  readonly category: Category;
  readonly outcome: EventOutcome;
  readonly notes: string | null;
}

/** 338 uploadable events, oldest first. A fresh copy each time: a test may change its own. */
export function fixtureEvents(): FleetEvent[] {
  return readLines("events.jsonl.zst").map((value) => fleetEventSchema.parse(value));
}

/** 17 events that must not leave a rig. */
export function lowRiskEvents(): FleetEvent[] {
  return readLines("low-risk.jsonl").map((value) => fleetEventSchema.parse(value));
}

/** In the order of the events. */
export function fixtureLabels(): FixtureLabel[] {
  return readLines("labels.jsonl") as FixtureLabel[];
}

export function fixtureOutcomes(): FixtureOutcome[] {
  return readLines("outcomes.jsonl") as FixtureOutcome[];
}

/** Bytes of a fixture as it lies in the folder. */
export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, name)));
}

/** One JSON value a line, from a plain or a zstd file. A relative name means the fixtures' folder. */
export function readLines(name: string): unknown[] {
  const bytes = new Uint8Array(readFileSync(join(name.startsWith("/") ? "/" : FIXTURES, name)));
  const plain = name.endsWith(".zst") ? runtimeZstd.decompress(bytes, INFLATED_MAX) : bytes;
  const lines = new TextDecoder().decode(plain).split("\n");
  return lines.filter((line) => line !== "").map((line): unknown => JSON.parse(line));
}
