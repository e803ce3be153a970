import { isRecord } from "../../../src/base/json.ts";
import { bytesOf, goldenLibrary, type GoldenLibrary, type GoldenRequest, type Reading } from "./files.ts";

export interface Asked {
  readonly url: string;
  readonly key: string;
  /** Of the rig, Unix seconds. */
  readonly clockS: number;
}

export interface Answered {
  readonly reads: Reading | "nothing";
  readonly library?: GoldenLibrary;
  /** What its reader would stumble over. */
  readonly wrong: readonly string[];
}

/** Sends a request of the first rig software, and takes the reply as that did. */
export async function sendAsOldRig(request: GoldenRequest, { url, key, clockS }: Asked): Promise<Answered> {
  const filled = Object.entries(request.headers).map(
    ([name, value]) => [name, value.replace("{key}", key).replace("{clock}", String(clockS))] as const,
  );
  const body = bytesOf(request);
  const reply = await fetch(url + request.path, {
    method: request.method,
    headers: Object.fromEntries(filled),
    ...(body.byteLength === 0 ? {} : { body }),
  });
  const text = await reply.text();
  const reads = readingOf(request.method, reply.status);
  if (reads !== "library") {
    return { reads, wrong: reads === "refused" && !hasSentence(text, reply.status) ? [`${text} has no sentence`] : [] };
  }
  const library = JSON.parse(text) as GoldenLibrary;
  return { reads, library, wrong: missing(library, goldenLibrary()) };
}

function readingOf(method: string, status: number): Answered["reads"] {
  if (method === "POST" && status === 201) return "accepted";
  if (method === "POST" && status === 409) return "already_exists";
  if (method === "PATCH" && status >= 200 && status < 300) return "recorded";
  if (method === "GET" && status === 200) return "library";
  if (method === "GET" && status === 304) return "not_modified";
  return status >= 400 && status < 500 ? "refused" : "nothing";
}

function hasSentence(text: string, status: number): boolean {
  const json: unknown = text === "" ? undefined : JSON.parse(text);
  return (status === 404 && json === undefined) || (isRecord(json) && typeof json["error"] === "string");
}

/** Its types take every field that they have, of the same kind, and pass over all others. */
function missing(given: GoldenLibrary, golden: GoldenLibrary): string[] {
  const [like] = golden.episodes;
  return [
    ...lacking(given, { ...golden, episodes: [], pruned_ids: [] }, "/"),
    ...given.episodes.flatMap((episode) => lacking(episode, { ...like, outcome: undefined }, `/${episode.id}/`)),
  ];
}

function lacking(given: unknown, golden: object, at: string): string[] {
  const has: Readonly<Record<string, unknown>> = isRecord(given) ? given : {};
  return Object.entries(golden)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => {
      if (isRecord(value)) return lacking(has[name], value, `${at}${name}/`);
      const same = typeof has[name] === typeof value && Array.isArray(has[name]) === Array.isArray(value);
      return same ? [] : [`${at}${name} is ${typeof has[name]}`];
    });
}
