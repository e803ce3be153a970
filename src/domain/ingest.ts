import { Fault } from "../base/fault.ts";
import { KIB, MIB } from "../base/limits.ts";
import type { QueueReport } from "../wire/queue-report.ts";
import type { HubContext, RigIdentity } from "./context.ts";
import { commitUploads, type Settled } from "./ingest-commit.ts";
import { prepareUpload, type PreparedUpload } from "./ingest-prepare.ts";
import type { EventBody } from "./stored-event.ts";

/** Uploads that one transaction takes. */
export const GROUP_MAX = 32;
/** Bytes after which a group takes no further upload: a transaction must stay short. */
const GROUP_BYTES_MAX = 8 * MIB;
/** What may wait while a group commits; past either, a rig is asked to come back. */
export const QUEUE_MAX = 512;
const QUEUE_BYTES_MAX = 64 * MIB;
/** What an upload weighs beyond its bytes. */
const UPLOAD_OVERHEAD_BYTES = 4 * KIB;
const RETRY_AFTER_S = 5;

export interface Upload extends EventBody {
  readonly rig: RigIdentity;
  /** The rig's clock when it sent this, Unix ms. */
  readonly rigTimeMs?: number;
  /** The rig's clock when its queue took the event, Unix ms. */
  readonly queuedAtMs?: number;
  /** The body as it was sent; the frame when left out. */
  readonly wireBytes?: number;
  /** What waits on the rig behind this. */
  readonly queue?: QueueReport;
  /** Events that the rig dropped under its cap since it last told. */
  readonly droppedEvents?: number;
}

export type UploadResult =
  | { readonly status: "accepted"; readonly id: string; readonly held?: "future_timestamp" }
  | { readonly status: "already_exists"; readonly id: string }
  /** The id is known with another body; this one is kept for a person, within a limit. */
  | { readonly status: "conflict"; readonly id: string; readonly error: string };

export interface Ingest {
  /**
   * Resolves once the event is on disk. Faults: `rig_mismatch`, `unauthorised`, `rig_revoked`, `schema`,
   * `overloaded`; any other error is an outage, after which the rig sends again.
   */
  accept(upload: Upload): Promise<UploadResult>;
  /** Resolves when nothing waits and nothing is being written. */
  drain(): Promise<void>;
  /** Uploads without a result yet. */
  readonly inFlight: number;
}

interface Waiting {
  readonly upload: PreparedUpload;
  readonly bytes: number;
  readonly resolve: (result: UploadResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit without a timer: what arrives while a group is being written forms the next one, so a lone upload waits
 * for nobody and many share a flush. One group at a time: groups of one hub never wait for each other's locks.
 * `onAccepted` is called when a group that brought something to curate is on disk.
 */
export function createIngest(context: HubContext, onAccepted: () => void = () => {}): Ingest {
  const queue: Waiting[] = [];
  let queuedBytes = 0;
  let writing = 0;
  let idle: Promise<void> = Promise.resolve();

  async function writeAll(): Promise<void> {
    while (queue.length > 0) {
      const group = queue.splice(0, groupLength(queue));
      queuedBytes -= sumBytes(group);
      writing = group.length;
      const settled = await commitUploads(
        context,
        group.map(({ upload }) => upload),
      );
      writing = 0;
      settle(group, settled);
      if (settled.some(bringsWork)) onAccepted();
    }
  }

  return {
    async accept(upload) {
      const bytes = upload.json.byteLength + upload.frame.byteLength + UPLOAD_OVERHEAD_BYTES;
      if (queue.length >= QUEUE_MAX || queuedBytes + bytes > QUEUE_BYTES_MAX) throw overloaded();
      const prepared = prepareUpload(upload, context.clock.now());
      const { promise, resolve, reject } = Promise.withResolvers<UploadResult>();
      const wasIdle = queue.length + writing === 0;
      queue.push({ upload: prepared, bytes, resolve, reject });
      queuedBytes += bytes;
      if (wasIdle) idle = writeAll();
      return promise;
    },
    drain: () => idle,
    get inFlight() {
      return queue.length + writing;
    },
  };
}

/** The first upload always, the next ones as long as the group stays small. */
function groupLength(queue: readonly Waiting[]): number {
  let bytes = 0;
  const length = queue.slice(0, GROUP_MAX).findIndex((waiting) => {
    bytes += waiting.bytes;
    return bytes > GROUP_BYTES_MAX;
  });
  return length === -1 ? GROUP_MAX : Math.max(1, length);
}

function sumBytes(group: readonly Waiting[]): number {
  return group.reduce((sum, { bytes }) => sum + bytes, 0);
}

function settle(group: readonly Waiting[], settled: readonly Settled[]): void {
  for (const [at, { resolve, reject }] of group.entries()) {
    const outcome = settled[at];
    if (outcome !== undefined && "result" in outcome) resolve(outcome.result);
    else reject(outcome?.error);
  }
}

function bringsWork(settled: Settled): boolean {
  return "result" in settled && settled.result.status === "accepted" && settled.result.held === undefined;
}

function overloaded(): Fault {
  return new Fault("overloaded", "too many uploads wait for the database", "send it again later", RETRY_AFTER_S);
}
