import { KEY_LENGTH_MAX } from "../src/base/api-key.ts";
import type { Setting } from "../src/base/settings.ts";
import { isRigId } from "../src/wire/identity.ts";

/** Where the spoke answers. */
export interface Listen {
  /** A loopback name or address, IPv6 without brackets. */
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export const LISTEN_DEFAULT: Listen = { hostname: "127.0.0.1", port: 8790 };

interface Given {
  readonly env: string;
  readonly doc: string;
}

const KEY = new RegExp(`^\\S{16,${KEY_LENGTH_MAX}}$`);
/** `127.0.0.1:8790`, `localhost:8790`, `[::1]:8790`, each also without its port. */
const LISTEN = /^(?:\[([0-9a-f:]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/** An origin, with a path when the hub stands behind one; kept without the slash at its end. */
export function hubUrlSetting(given: Given): Setting<string> {
  return setting(given, "", (raw) => url(raw));
}

export function urlSetting(given: Given): Setting<string | undefined> {
  return setting(given, undefined, (raw) => (raw === "" ? undefined : url(raw)));
}

/** Never shown. Empty when it is given by file, or not at all. */
export function keySetting(given: Given): Setting<string> {
  const parse = (raw: unknown): string => {
    if (raw === "") return "";
    if (typeof raw !== "string" || !KEY.test(raw)) throw new Error("must be a key like sk-fleet-…, without spaces");
    return raw;
  };
  return { ...setting(given, "", parse), secret: true };
}

export function rigIdSetting(given: Given): Setting<string> {
  return setting(given, "", (raw) => {
    if (typeof raw === "string" && isRigId(raw)) return raw;
    throw new Error("must be this rig's name, as it stands in its events");
  });
}

/** Refuses every address that another machine could reach: events and recall have no key of their own. */
export function listenSetting(given: Given): Setting<Listen> {
  return setting(given, LISTEN_DEFAULT, (raw) => {
    const [, ipv6, name, port] = (typeof raw === "string" ? LISTEN.exec(raw) : null) ?? [];
    const hostname = ipv6 ?? name;
    const number = Number(port ?? LISTEN_DEFAULT.port);
    if (hostname === undefined || number > 65_535) throw new Error('must be an address like "127.0.0.1:8790"');
    if (!LOOPBACK.test(hostname)) {
      throw new Error('must stay on this machine: use "127.0.0.1:8790" and reach it from elsewhere through ssh -L');
    }
    return { hostname, port: number };
  });
}

function setting<T>(given: Given, fallback: T, parse: (raw: unknown) => T): Setting<T> {
  return { env: [given.env], doc: given.doc, secret: false, fallback, parse };
}

function url(raw: unknown): string {
  const parsed = typeof raw === "string" ? URL.parse(raw) : null;
  const plain = parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.search === "" && parsed.hash === "";
  if (!plain || parsed.username !== "" || parsed.password !== "") {
    throw new Error("must be a URL like http://10.88.0.1:8080, without key, query or user in it");
  }
  return parsed.href.replace(/\/+$/, "");
}
