import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../src/base/fault.ts";
import { fail, judgeClock, ok, warn, type Finding } from "../src/base/findings.ts";
import { isRecord, parseJson } from "../src/base/json.ts";
import { SMALL_BODY_MAX } from "../src/base/limits.ts";
import type { Net, NetReply } from "../src/base/net.ts";
import { FLEET_API, HEADERS } from "../src/wire/protocol.ts";
import type { SpokeContext } from "./context.ts";
import type { SpokeStatus } from "./status.ts";

const ASK_MS = 15_000;
const LIBRARY_AGE_MAX_S = 48 * 3600;
const HOUR_S = 3600;
const OTHERS = 0o077;

/** Asks the hub as this rig does: whether it is there, whether it is one, whether the key opens it, what time it has. */
export async function judgeHub({ net, clock, settings }: SpokeContext): Promise<Finding[]> {
  const { hub_url, api_key, rig_id } = settings;
  const headers = { Authorization: `Bearer ${api_key}`, [HEADERS.rigId]: rig_id };
  let reply: NetReply;
  try {
    reply = await ask(net, `${hub_url}${FLEET_API}/library/stats`, headers);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [await unreachable(net, hub_url, error)];
  }
  const saidAt = Date.parse(reply.headers["date"] ?? "");
  // The header knows whole seconds only.
  const time = Number.isNaN(saidAt) ? [] : [judgeClock("the hub's", (saidAt - clock.now()) / 1000)];
  return [judgeReply(reply, rig_id), ...time, await judgeLongPackets(net, hub_url)];
}

/** More than fits into one packet of any link. */
const LONG_HEADER = "x".repeat(3000);
const PROBE_MS = 6000;

/**
 * Short requests got through. A path that swallows long packets without a word (the tunnel's MTU above what the link
 * carries) lets them through all the same, and holds up every event: so a long request and a long reply are tried.
 */
async function judgeLongPackets(net: Net, hubUrl: string): Promise<Finding> {
  const probe = (path: string, headers: Readonly<Record<string, string>>): Promise<NetReply> =>
    net.send({ method: "GET", url: `${hubUrl}${path}`, headers, maxReplyBytes: SMALL_BODY_MAX }, PROBE_MS);
  const [there, back] = await Promise.allSettled([
    probe("/livez", { "X-Fleet-Probe": LONG_HEADER }),
    probe("/login", { "Accept-Encoding": "identity" }),
  ]);
  const lost = [
    ...(there.status === "rejected" ? ["to the hub"] : []),
    ...(back.status === "rejected" ? ["back"] : []),
  ];
  if (lost.length === 0) return ok("MTU", "long packets get through");
  return fail(
    "MTU",
    `short packets get through, long ones get lost on their way ${lost.join(" and ")}`,
    "set a smaller MTU in /etc/wireguard/fleet0.conf (1200, 1000), then wg-quick down fleet0; wg-quick up fleet0",
  );
}

function ask(net: Net, url: string, headers: Readonly<Record<string, string>>): Promise<NetReply> {
  return net.send({ method: "GET", url, headers, maxReplyBytes: SMALL_BODY_MAX }, ASK_MS);
}

/** The other scheme is tried without the key: what listens there may be anybody. */
async function unreachable(net: Net, hubUrl: string, error: Fault): Promise<Finding> {
  const other = hubUrl.startsWith("https:") ? hubUrl.replace(/^https/, "http") : hubUrl.replace(/^http/, "https");
  const [answer] = await Promise.allSettled([ask(net, `${other}/livez`, {})]);
  if (answer.status === "fulfilled") return fail("hub", `answers at ${other}, not at ${hubUrl}`, "mend hub_url");
  return fail(
    "hub",
    `${hubUrl}: ${error.message}`,
    "see that the tunnel is up (wg show) and that the hub runs; events wait here meanwhile",
  );
}

function judgeReply({ status, body }: NetReply, rigId: string): Finding {
  const code = codeOf(body);
  if (status === 200 && code !== undefined) return ok("hub", `answers, and knows ${rigId}`);
  if (status === 401) {
    return fail("key", "the hub does not know it", "enrol this rig again: fleet-spoke enroll --help");
  }
  if (status === 403 && code === "rig_revoked") {
    return fail("key", `${rigId} is revoked`, "ask the admin why, and for a new enrolment");
  }
  if (status === 403) return fail("key", `it is not ${rigId}'s`, "mend rig_id, or enrol this rig again");
  if (status >= 500 && code !== undefined) {
    return warn("hub", `answers ${status}: it is there and cannot serve`, "wait; tell the admin if it lasts");
  }
  return fail("hub", `something else answers there (${status})`, "mend hub_url: name the hub itself");
}

/** Undefined when it is not a hub that speaks; empty when it refuses nothing. */
function codeOf(body: Uint8Array): string | undefined {
  try {
    const said: unknown = parseJson(body);
    if (!isRecord(said)) return undefined;
    return typeof said["code"] === "string" ? said["code"] : "";
  } catch {
    return undefined;
  }
}

/** What the spoke that runs here says of itself; undefined when none does. */
export function judgeStatus(status: SpokeStatus | undefined, nowMs: number): Finding[] {
  if (status === undefined) return [fail("spoke", "none runs here", "systemctl status fleet-spoke")];
  const { queue, library } = status;
  const dropped = Object.values(queue.dropped).reduce((sum, events) => sum + events, 0);
  const pulledS = library.last_sync === null ? undefined : nowMs / 1000 - library.last_sync;
  return [
    ok("spoke", `version ${status.version} runs`),
    status.enabled ? ok("enabled", "yes") : warn("enabled", "no: nothing leaves this rig", "set enabled = true"),
    queue.refused > 0
      ? warn("queue", `${queue.refused} events were refused and are set aside`, "fleet-spoke status --json says why")
      : ok("queue", `${queue.pending} wait`),
    dropped > 0
      ? warn("dropped", `${dropped} events`, "raise queue_max_events or queue_max_bytes, or mend the link")
      : ok("dropped", "none"),
    pulledS === undefined || pulledS > LIBRARY_AGE_MAX_S
      ? warn(
          "library",
          pulledS === undefined ? "never pulled" : `pulled ${Math.floor(pulledS / HOUR_S)} hours ago`,
          library.last_problem ?? "fleet-spoke sync",
        )
      : ok("library", `version ${library.version}, ${library.episodes} episodes`),
  ];
}

export function judgeDataDir(path: string): Finding {
  if (!existsSync(path)) return warn("data folder", `${path} is not there yet`, "start the spoke once");
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok("data folder", path);
  } catch {
    return fail("data folder", `${path} cannot be written`, "chown it to the spoke's user, or run this as that user");
  }
}

/** The unit sees nothing but its own folder, and whoever takes a file away must be able to write where it lies. */
export function judgeQueueFolder(folder: string | undefined, unitFolders: readonly string[]): Finding[] {
  if (folder === undefined) return [];
  if (!existsSync(folder)) return [fail("queue folder", `there is no ${folder}`, "mend queue_dir, or start SAIREN-OS")];
  const texts = unitFolders.flatMap(unitTexts);
  const isAllowed = texts.some((text) => allowed(text).some((path) => `${folder}/`.startsWith(`${path}/`)));
  if (texts.length === 0 || isAllowed) return [ok("queue folder", folder)];
  const remedy = `deploy/install-spoke.sh --queue-dir ${folder}, or ReadWritePaths= by systemctl edit fleet-spoke`;
  return [fail("queue folder", `the service may not take files out of ${folder}`, remedy)];
}

function unitTexts(folder: string): string[] {
  const unit = join(folder, "fleet-spoke.service");
  const dropIns = existsSync(`${unit}.d`) ? readdirSync(`${unit}.d`).map((name) => join(`${unit}.d`, name)) : [];
  return [unit, ...dropIns].filter((path) => existsSync(path)).map((path) => readFileSync(path, "utf8"));
}

function allowed(text: string): string[] {
  return [...text.matchAll(/^ReadWritePaths=(.*)$/gm)].flatMap(([, paths = ""]) =>
    paths
      .split(/\s+/)
      .map((path) => path.replace(/^-/, "").replace(/\/+$/, ""))
      .filter((path) => path !== ""),
  );
}

/** A file that holds the key, or names the one that does. */
export function judgeMode(path: string | undefined): Finding[] {
  if (path === undefined || !existsSync(path)) return [];
  const { mode } = statSync(path);
  if ((mode & OTHERS) === 0) return [ok("secrets", `${path} is its owner's alone`)];
  return [fail("secrets", `others can read ${path}`, `chmod 600 ${path}, then have the key rotated`)];
}
