import { Fault } from "../base/fault.ts";
import { show } from "../base/schema.ts";

const URL_MAX = 200;

/** This hub as the browser reached it: rigs in the same tunnel reach it so too. */
export function hubAddress(request: Request): string {
  return new URL(request.url).origin;
}

/** An address for rigs, as a person typed it: it goes into a command that people paste. Faults: `schema`. */
export function readHubAddress(text: string): string {
  const url = text.length <= URL_MAX && /^https?:\/\/[\w.:[\]/-]+$/.test(text) ? URL.parse(text) : null;
  if (url !== null) return url.href.replace(/\/+$/, "");
  throw new Fault("schema", `${show(text)} is no address of a hub`, "give one like http://10.88.0.1:8080");
}
