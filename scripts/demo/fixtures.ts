import { readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { decodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import type { EventOutcome } from "../../src/wire/outcome.ts";
import type { Category } from "../../src/wire/vocabulary.ts";

const FOLDER = join(import.meta.dir, "..", "..", "test", "fixtures");

export interface DemoEvents {
  /** Of all rigs, oldest first. */
  readonly all: readonly FleetEvent[];
  /** Real events of the rig, oldest first. */
  of(rigId: string): readonly FleetEvent[];
  /** The situation that the event's label tells; empty where it tells none. */
  phaseOf(eventId: string): string;
  /** The rig's events whose label says that it was in this situation, oldest first; at least one. */
  inSituation(rigId: string, phase: string): readonly [FleetEvent, ...FleetEvent[]];
}

/** A driller's remark in the manner of daily reports; it belongs to no particular event. */
export interface DemoAnswer {
  readonly category: Category;
  readonly outcome: EventOutcome;
  readonly notes: string | null;
}

export function readDemoAnswers(): DemoAnswer[] {
  const lines = readFileSync(join(FOLDER, "outcomes.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as DemoAnswer);
}

export function readDemoEvents(): DemoEvents {
  const lines = zstdDecompressSync(readFileSync(join(FOLDER, "events.jsonl.zst")))
    .toString()
    .trimEnd()
    .split("\n");
  const events = lines.map((line) => decodeEvent(Buffer.from(line)));
  const labels = readFileSync(join(FOLDER, "labels.jsonl"), "utf8").trimEnd().split("\n");
  const phases = new Map(
    labels.map((line) => JSON.parse(line) as { id: string; phase: string }).map(({ id, phase }) => [id, phase]),
  );
  return {
    all: events,
    of: (rigId) => events.filter((event) => event.rig_id === rigId),
    phaseOf: (eventId) => phases.get(eventId) ?? "",
    inSituation(rigId, phase) {
      const [first, ...rest] = events.filter((event) => event.rig_id === rigId && phases.get(event.id) === phase);
      if (first === undefined) throw new Error(`the fixtures hold no ${phase} of ${rigId}`);
      return [first, ...rest];
    },
  };
}
