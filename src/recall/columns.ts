import { assert } from "../base/assert.ts";
import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES } from "../wire/vocabulary.ts";
import { actionHash } from "./action-hash.ts";
import { presence } from "./distance.ts";
import type { IndexEntry } from "./entry.ts";
import { FEATURE_COUNT } from "./features.ts";

const CAPACITY_MIN = 1024;
/** Category × campaign × outcome: what a whole group has in common. */
export const GROUP_COUNT = CATEGORIES.length * CAMPAIGNS.length * OUTCOME_NAMES.length;

/** What of an entry stands in columns as it is. */
export type RowEntry = Omit<IndexEntry, "action_text" | "category" | "campaign" | "outcome">;

/** Episodes as rows of typed columns. A row never moves and is never reused: trees refer to it until they are rebuilt. */
export class Columns {
  /** Rows ever used; some are dead. */
  length = 0;
  readonly ids: string[] = [];
  readonly rigs: string[] = [];
  /** 12 bytes a row, as unsigned. */
  situation = new Uint8Array(0);
  presence = new Uint16Array(0);
  group = new Uint8Array(0);
  alive = new Uint8Array(0);
  rig = new Uint32Array(0);
  action = new Uint32Array(0);
  timestamp = new Float64Array(0);
  depth = new Float64Array(0);
  readonly #rowOf = new Map<string, number>();
  readonly #rigNumber = new Map<string, number>();

  /** Rows that count. */
  get live(): number {
    return this.#rowOf.size;
  }

  rowOf(id: string): number | undefined {
    return this.#rowOf.get(id);
  }

  rigNumber(rigId: string): number | undefined {
    return this.#rigNumber.get(rigId);
  }

  append(entry: IndexEntry): number {
    assert(entry.situation.length === FEATURE_COUNT, "a situation has twelve features");
    return this.appendRow(entry, actionHash(entry.action_text), groupOf(entry));
  }

  /** For rows that come from a snapshot: hash and group are known. */
  appendRow(entry: RowEntry, action: number, group: number): number {
    if (this.length === this.alive.length) this.#grow();
    const row = this.length++;
    const { situation } = entry;
    this.situation.set(new Uint8Array(situation.buffer, situation.byteOffset, FEATURE_COUNT), row * FEATURE_COUNT);
    this.presence[row] = presence(situation);
    this.group[row] = group;
    this.alive[row] = 1;
    this.rig[row] = this.#internRig(entry.rig_id);
    this.action[row] = action;
    this.timestamp[row] = entry.timestamp;
    this.depth[row] = entry.depth_ft;
    this.ids[row] = entry.id;
    this.#rowOf.set(entry.id, row);
    return row;
  }

  kill(id: string): number | undefined {
    const row = this.#rowOf.get(id);
    if (row === undefined) return undefined;
    this.alive[row] = 0;
    this.#rowOf.delete(id);
    return row;
  }

  situationOf(row: number): Int8Array {
    return new Int8Array(this.situation.buffer, row * FEATURE_COUNT, FEATURE_COUNT);
  }

  holds(row: number, entry: IndexEntry): boolean {
    return (
      this.group[row] === groupOf(entry) &&
      this.timestamp[row] === entry.timestamp &&
      this.depth[row] === entry.depth_ft &&
      this.rigs[this.rig[row] ?? -1] === entry.rig_id &&
      this.action[row] === actionHash(entry.action_text) &&
      this.situationOf(row).every((value, feature) => value === entry.situation[feature])
    );
  }

  *liveRows(): Generator<number> {
    for (let row = 0; row < this.length; row++) if (this.alive[row] === 1) yield row;
  }

  /** The same without its dead rows. Row numbers change. */
  compacted(): Columns {
    const fresh = new Columns();
    for (const row of this.liveRows()) {
      const entry = {
        id: this.ids[row] ?? "",
        rig_id: this.rigs[this.rig[row] ?? 0] ?? "",
        timestamp: this.timestamp[row] ?? 0,
        depth_ft: this.depth[row] ?? 0,
        situation: this.situationOf(row),
      };
      fresh.appendRow(entry, this.action[row] ?? 0, this.group[row] ?? 0);
    }
    return fresh;
  }

  #internRig(rigId: string): number {
    const known = this.#rigNumber.get(rigId);
    if (known !== undefined) return known;
    this.#rigNumber.set(rigId, this.rigs.length);
    return this.rigs.push(rigId) - 1;
  }

  #grow(): void {
    const capacity = Math.max(CAPACITY_MIN, this.alive.length * 2);
    this.situation = enlarged(this.situation, new Uint8Array(capacity * FEATURE_COUNT));
    this.presence = enlarged(this.presence, new Uint16Array(capacity));
    this.group = enlarged(this.group, new Uint8Array(capacity));
    this.alive = enlarged(this.alive, new Uint8Array(capacity));
    this.rig = enlarged(this.rig, new Uint32Array(capacity));
    this.action = enlarged(this.action, new Uint32Array(capacity));
    this.timestamp = enlarged(this.timestamp, new Float64Array(capacity));
    this.depth = enlarged(this.depth, new Float64Array(capacity));
  }
}

export function groupOf({
  category,
  campaign,
  outcome,
}: Pick<IndexEntry, "category" | "campaign" | "outcome">): number {
  const kind = CATEGORIES.indexOf(category) * CAMPAIGNS.length + CAMPAIGNS.indexOf(campaign);
  return kind * OUTCOME_NAMES.length + OUTCOME_NAMES.indexOf(outcome);
}

export function groupParts(group: number): Pick<IndexEntry, "category" | "campaign" | "outcome"> {
  const kind = Math.floor(group / OUTCOME_NAMES.length);
  const category = CATEGORIES[Math.floor(kind / CAMPAIGNS.length)];
  const campaign = CAMPAIGNS[kind % CAMPAIGNS.length];
  const outcome = OUTCOME_NAMES[group % OUTCOME_NAMES.length];
  assert(
    category !== undefined && campaign !== undefined && outcome !== undefined,
    "a group number is within its range",
  );
  return { category, campaign, outcome };
}

function enlarged<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
