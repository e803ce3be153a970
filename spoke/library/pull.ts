import { Fault } from "../../src/base/fault.ts";
import { isRecord } from "../../src/base/json.ts";
import { LIBRARY_BODY_MAX, LIBRARY_JSON_MAX } from "../../src/base/limits.ts";
import { LIBRARY_PAGE_DEFAULT } from "../../src/wire/library.ts";
import { FLEET_API } from "../../src/wire/protocol.ts";
import { sinceOf, stepOf, type Cursor, type Step } from "./cursor.ts";
import { decodePage } from "./page.ts";
import type { Changes, LibraryStore } from "./store.ts";

/** The hub as the library needs it: the rig's client, or a double. */
export interface LibrarySource {
  get(
    path: string,
    options: {
      readonly maxReplyBytes: number;
      readonly maxJsonBytes: number;
      readonly deadlineMs: number;
    },
  ): Promise<{ readonly status: number; readonly json?: unknown }>;
}

/** Keeps step with the stored library: the mirror in memory. */
export interface LibraryFollower {
  follow(changes: Changes, revision: number): void;
  /** Reads everything anew: somebody else wrote. */
  reload(): void;
}

export interface Pull {
  readonly source: LibrarySource;
  readonly store: LibraryStore;
  readonly follower: LibraryFollower;
  readonly rigId: string;
  readonly cap: number;
  readonly nowS: number;
  readonly deadlineMs: number;
}

/** What one page came to. */
export type PageResult =
  | { readonly kind: "fresh" }
  /** Asked for with a cursor that turned out to be worth nothing: ask again. */
  | { readonly kind: "again" }
  | { readonly kind: "page"; readonly step: Step; readonly changes: Changes; readonly continued: boolean };

/** Statuses of a hub that does not take our page mark any more. */
const PAGE_REFUSED: ReadonlySet<number> = new Set([400, 404, 410, 422]);

/** Asks for the next page and takes it up. Faults: those of the source; `unauthorised`, `forbidden`, `unavailable`, `schema`. */
export async function pullPage(pull: Pull): Promise<PageResult> {
  const cursor = pull.store.cursor();
  const since = cursor.run?.full === true ? 0 : sinceOf(cursor, { count: pull.store.count(), cap: pull.cap });
  const reply = await pull.source.get(pathOf(cursor, since), {
    maxReplyBytes: LIBRARY_BODY_MAX,
    maxJsonBytes: LIBRARY_JSON_MAX,
    deadlineMs: pull.deadlineMs,
  });
  if (reply.status === 304) return fresh(pull);
  if (reply.status === 200) return take(pull, { cursor, since, json: reply.json });
  if (cursor.run !== undefined && PAGE_REFUSED.has(reply.status)) {
    pull.store.forgetRun();
    return { kind: "again" };
  }
  throw refusal(reply.status, reply.json);
}

function pathOf({ epoch, run }: Cursor, since: number): string {
  const query = new URLSearchParams({ since: String(since), limit: String(LIBRARY_PAGE_DEFAULT) });
  const known = run?.epoch ?? (since === 0 ? undefined : epoch);
  if (known !== undefined) query.set("epoch", known);
  if (run !== undefined) query.set("page", run.page);
  return `${FLEET_API}/library?${query}`;
}

function fresh({ store, nowS }: Pull): PageResult {
  store.markFresh(nowS);
  return { kind: "fresh" };
}

function take(pull: Pull, got: { cursor: Cursor; since: number; json: unknown }): PageResult {
  const step = stepOf(got.cursor, got.since, decodePage(got.json, pull.rigId));
  if (step === undefined) {
    pull.store.forgetCursor();
    return { kind: "again" };
  }
  const changes = pull.store.apply(step, got.cursor, pull.nowS);
  if (changes === undefined) {
    pull.follower.reload();
    return { kind: "again" };
  }
  pull.follower.follow(changes, got.cursor.revision + 1);
  return { kind: "page", step, changes, continued: got.cursor.run !== undefined };
}

function refusal(status: number, json: unknown): Fault {
  const said = isRecord(json) && typeof json["error"] === "string" ? `: ${json["error"].slice(0, 200)}` : "";
  if (status === 401) return new Fault("unauthorised", `the hub does not take this rig's key${said}`, "check api_key");
  if (status === 403) return new Fault("forbidden", `the hub keeps this rig out${said}`, "ask whoever runs the hub");
  return new Fault("unavailable", `the hub answered ${status} to a pull of the library${said}`);
}
