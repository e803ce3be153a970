import { Fault } from "../../src/base/fault.ts";
import { isRecord, parseJson } from "../../src/base/json.ts";
import { MIB, SMALL_BODY_MAX } from "../../src/base/limits.ts";
import type { NetReply } from "../../src/base/net.ts";
import { HEADERS } from "../../src/wire/protocol.ts";
import type { SpokeContext } from "../context.ts";
import { SPOKE_VERSION } from "../version.ts";

export interface OfferedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Offer {
  /** Undefined when this rig should stay as it is. */
  readonly version: string | undefined;
  readonly files: readonly OfferedFile[];
}

/** What a link must carry at least: 256 kbit/s. */
const LINK_BYTES_PER_S = 32_000;
const OK = 200;
const PARTIAL = 206;

/** `told`: what came of the upgrade before. Faults: `unavailable`, `timeout`, `not_found`, `schema`. */
export async function askOffer(context: SpokeContext, told: string | undefined): Promise<Offer> {
  const reply = await get(context, "/dl", told === undefined ? {} : { [HEADERS.upgrade]: told }, MIB);
  const json = reply.status === OK ? parseJson(reply.body) : undefined;
  if (!isRecord(json) || !Array.isArray(json["files"])) throw refused(reply);
  const version = typeof json["version"] === "string" ? json["version"] : undefined;
  return { version, files: json["files"].filter(isOfferedFile) };
}

function isOfferedFile(value: unknown): value is OfferedFile {
  if (!isRecord(value)) return false;
  const { name, bytes, sha256 } = value;
  const named = typeof name === "string" && /^[A-Za-z0-9][A-Za-z0-9._~-]{0,120}$/.test(name);
  return named && Number.isSafeInteger(bytes) && typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256);
}

/** A piece of the file. Faults: as `askOffer`; `conflict`, when the hub has another file by that name now. */
export async function askPiece(context: SpokeContext, file: OfferedFile, start: number, bytes: number) {
  const headers = { Range: `bytes=${start}-${start + bytes - 1}`, "If-Range": `"${file.sha256}"` };
  const reply = await get(context, `/dl/${file.name}`, headers, bytes);
  if (reply.status === OK && start === 0 && reply.body.byteLength <= bytes) return reply.body;
  if (reply.status === OK) throw new Fault("conflict", `the hub has another ${file.name} now`, "run this again");
  if (reply.status !== PARTIAL || reply.body.byteLength === 0) throw refused(reply);
  return reply.body;
}

/** The signature of a file, as text. Faults: as `askOffer`. */
export async function askSignature(context: SpokeContext, { name }: OfferedFile): Promise<string> {
  const reply = await get(context, `/dl/${name}.minisig`, {}, SMALL_BODY_MAX);
  if (reply.status !== OK) throw refused(reply);
  return new TextDecoder().decode(reply.body);
}

function get({ net, settings }: SpokeContext, path: string, headers: Record<string, string>, maxReplyBytes: number) {
  const deadlineMs = settings.request_timeout_secs * 1000 + Math.ceil((maxReplyBytes / LINK_BYTES_PER_S) * 1000);
  const own = {
    Authorization: `Bearer ${settings.api_key}`,
    "Accept-Encoding": "identity",
    [HEADERS.spokeVersion]: SPOKE_VERSION,
  };
  const url = settings.hub_url + path;
  return net.send({ method: "GET", url, headers: { ...own, ...headers }, maxReplyBytes }, deadlineMs);
}

function refused({ status, body }: NetReply): Fault {
  const said = new TextDecoder().decode(body.slice(0, 300));
  if (status === 404) return new Fault("not_found", "the hub has no such release", "ask whoever runs the hub");
  return new Fault("unavailable", `the hub answered ${status} to a request for a release: ${said}`);
}
