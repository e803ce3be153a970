import { rmSync } from "node:fs";
import { EVENT_JSON_MAX } from "../../../src/base/limits.ts";
import type { Net, NetRequest } from "../../../src/base/net.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import { isRecord } from "../../../src/base/json.ts";
import { openSpokeLibrary, openSpokeQueue } from "../../../spoke/files.ts";
import { createSpoke, type Spoke } from "../../../spoke/spoke.ts";
import type { PlayedHub } from "../../support/played-hub.ts";
import { recordingLog, type RecordingLog } from "../../support/recording-log.ts";
import { rigContext } from "../../support/rig.ts";
import { eventBytes } from "../../support/rig-queue.ts";
import { canonicalDigest } from "../support/canonical.ts";
import type { HealthyRig, Truth } from "./rig.ts";

export interface Finding {
  readonly kind: "lost" | "wrong";
  readonly what: string;
}

export interface Life {
  readonly findings: readonly Finding[];
  /** How the spoke took it, for the count. */
  readonly became: string;
}

const SETTLE_TURNS = 4000;
const NEW_EVENT_AT = 1_795_400_000;
const QUESTIONS = ["well control kick loss circulation flow imbalance", "torque pack-off stick-slip mechanical"];

/** A spoke on what is left of its disk, until it is quiet; then everything is compared. Removes the folder. */
export async function liveOn(folder: string, healthy: HealthyRig): Promise<Life> {
  const { truth } = healthy;
  const log = recordingLog();
  const hub = healthy.hub();
  const findings: Finding[] = [];
  const wrong = (what: string): void => void findings.push({ kind: "wrong", what });
  const net = listening(hub, truth, wrong);
  const context = rigContext({ log, net, settings: { data_dir: folder } });
  try {
    const spoke = await createSpoke(context);
    await recallAnswers(spoke, truth, wrong);
    spoke.start();
    const fresh = eventBytes({ timestamp: NEW_EVENT_AT });
    const taken = await spoke.handle(local("POST", "/api/v1/events", fresh));
    if (taken.status !== 201) wrong(`a new event was answered ${taken.status} ${await taken.text()}`);
    await settle(spoke, context.clock, wrong);
    await spoke.stop();
    const queue = openSpokeQueue(context);
    const receipts = new Set(queue.receipts.list(1000).map(({ event_id }) => event_id));
    queue.close();
    findings.push(...missing({ hub, truth, log, receipts }));
    const library = openSpokeLibrary(context);
    compareLibrary(new Map([...library.all()].map((episode) => [episode.id, canonicalDigest(episode)])), truth, wrong);
    library.close();
  } catch (error) {
    wrong(`the spoke broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { findings, became: becameOf(log) };
}

/** The hub, which compares what comes with what was given. */
function listening(hub: PlayedHub, truth: Truth, wrong: (what: string) => void): Net {
  return {
    send(request, deadlineMs) {
      const problem = problemOf(request, truth);
      if (problem !== undefined) wrong(problem);
      return hub.net.send(request, deadlineMs);
    },
  };
}

function problemOf({ method, url, body = new Uint8Array() }: NetRequest, truth: Truth): string | undefined {
  const { pathname } = new URL(url);
  if (method === "POST" && pathname === "/api/fleet/events") {
    const event: unknown = JSON.parse(new TextDecoder().decode(runtimeZstd.decompress(body, EVENT_JSON_MAX)));
    const id = isRecord(event) ? String(event["id"]) : "";
    if (id === `RIG-1-${NEW_EVENT_AT}`) return undefined;
    return truth.events.get(id) === canonicalDigest(event) ? undefined : `the hub was sent a wrong event as ${id}`;
  }
  if (method !== "PATCH") return undefined;
  const id = decodeURIComponent(pathname.split("/").at(-2) ?? "");
  const patch: unknown = JSON.parse(new TextDecoder().decode(body));
  return truth.answers.get(id) === canonicalDigest(patch) ? undefined : `the hub was sent a wrong answer to ${id}`;
}

async function recallAnswers(spoke: Spoke, { known }: Truth, wrong: (what: string) => void): Promise<void> {
  for (const question of QUESTIONS) {
    const query = new URLSearchParams({ query: question, max_results: "5" });
    const reply = await spoke.handle(local("GET", `/api/v1/recall?${query}`));
    if (reply.status !== 200) return wrong(`recall answered ${reply.status} ${await reply.text()}`);
    const { precedents } = (await reply.json()) as { precedents: { episode: { id: string } }[] };
    for (const { episode } of precedents) {
      if (known.get(episode.id)?.has(canonicalDigest(episode)) !== true) wrong(`recall told a wrong ${episode.id}`);
    }
  }
}

interface MovableClock {
  readonly sleepers: number;
  advance(ms: number): void;
}

/** Until nothing waits and a pull has come to its end; a rig that waits for its next try is given the time. */
async function settle(spoke: Spoke, clock: MovableClock, wrong: (what: string) => void): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) {
    const reply = await spoke.handle(local("GET", "/api/v1/status"));
    const { queue, library, hub } = (await reply.json()) as {
      queue: { pending: number; outcomes_pending: number };
      library: { last_problem: string | null };
      hub: { upload: string };
    };
    if (queue.pending === 0 && hub.upload === "idle" && library.last_problem === null && turn > 20) break;
    if (turn % 100 === 99) clock.advance(60_000);
    if (turn === SETTLE_TURNS - 1) wrong(`not quiet: ${JSON.stringify({ queue, library, hub })}`);
    await Bun.sleep(0);
  }
  const pulled = await spoke.handle(local("POST", "/api/v1/sync"));
  if (pulled.status !== 200) wrong(`a pull was answered ${pulled.status} ${await pulled.text()}`);
  await recallSame(spoke, wrong);
}

let reference: string | undefined;

/** The first life is that of an undamaged rig: each later one has to recall the same after its pull. */
async function recallSame(spoke: Spoke, wrong: (what: string) => void): Promise<void> {
  const told: unknown[] = [];
  for (const question of QUESTIONS) {
    const reply = await spoke.handle(local("GET", `/api/v1/recall?${new URLSearchParams({ query: question })}`));
    const { precedents } = (await reply.json()) as { precedents: { episode: { id: string }; similarity: number }[] };
    told.push(precedents.map(({ episode, similarity }) => [episode.id, similarity]));
  }
  reference ??= canonicalDigest(told);
  if (reference !== canonicalDigest(told))
    wrong(`after its pull recall is not that of a healthy rig: ${JSON.stringify(told)}`);
}

interface Ended {
  readonly hub: PlayedHub;
  readonly truth: Truth;
  readonly log: RecordingLog;
  readonly receipts: ReadonlySet<string>;
}

/** What did not arrive is lost unless the rig says so: by a receipt, or for a queue that was put aside in the log. */
function missing({ hub, truth, log, receipts }: Ended): Finding[] {
  const arrived = new Set(hub.events);
  const heard = new Set(hub.outcomes.map(({ id }) => id));
  const replaced = log.events.includes("queue.damaged") || cutFrames(log) > 0;
  const apart = new Set(
    log.entries
      .filter(({ event }) => event === "queue.row_corrupt")
      .map(({ fields }) => String(fields["key"] ?? fields["id"])),
  );
  const silent = truth.waiting.filter((id) => !arrived.has(id) && !receipts.has(id) && !replaced);
  const unheard = truth.unheard.filter((id) => !heard.has(id) && !apart.has(id) && !receipts.has(id) && !replaced);
  const fresh = `RIG-1-${NEW_EVENT_AT}`;
  return [...silent, ...unheard, ...(arrived.has(fresh) ? [] : [fresh])].map((what) => ({
    kind: "lost",
    what: `${what} was lost without a word`,
  }));
}

/** A damaged last commit may be one that never was: it is left out, and that is said. */
function cutFrames({ entries }: RecordingLog): number {
  const told = entries.filter(({ event }) => event === "queue.log_cut" || event === "queue.log_damaged");
  return told.reduce((sum, { fields }) => sum + Number(fields["cut_frames"]), 0);
}

function compareLibrary(has: ReadonlyMap<string, string>, { library }: Truth, wrong: (what: string) => void): void {
  for (const [id, digest] of library) if (has.get(id) !== digest) wrong(`${id} is ${has.has(id) ? "old" : "missing"}`);
  for (const id of has.keys()) if (!library.has(id)) wrong(`${id} is in the library and not on the hub`);
}

function becameOf({ events }: RecordingLog): string {
  if (events.includes("queue.log_damaged")) return "queue's log mended";
  if (events.includes("queue.log_cut")) return "queue's last commit left out";
  if (events.includes("queue.damaged")) return "queue replaced";
  if (events.includes("queue.row_corrupt")) return "rows set apart";
  if (events.includes("library.cursor_damaged")) return "cursor forgotten";
  if (events.includes("library.damaged")) return "library replaced";
  return events.includes("library.rows_damaged") ? "library rows dropped" : "untouched";
}

function local(method: string, path: string, body?: Uint8Array): Request {
  return new Request(`http://127.0.0.1:8790${path}`, {
    method,
    ...(body === undefined ? {} : { body: Buffer.from(body), headers: { "Content-Type": "application/json" } }),
  });
}
