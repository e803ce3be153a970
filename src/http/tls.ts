import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { Fault } from "../base/fault.ts";
import type { HubSettings } from "../domain/settings.ts";

export interface ServerTls {
  readonly cert: string;
  readonly key: string;
}

type TlsSettings = Pick<HubSettings, "tls_cert" | "tls_key">;

/** Undefined for a hub that speaks plain HTTP. Faults: `config`, before anything listens. */
export function readTls({ tls_cert, tls_key }: TlsSettings): ServerTls | undefined {
  if (tls_cert === undefined && tls_key === undefined) return undefined;
  if (tls_cert === undefined || tls_key === undefined) {
    throw new Fault("config", "tls_cert and tls_key go together", "set both, or neither behind a tunnel");
  }
  const cert = read("tls_cert", tls_cert);
  const key = read("tls_key", tls_key);
  if (!belongTogether(cert, key)) {
    throw new Fault("config", `${tls_key} is not the key of ${tls_cert}`, "both are PEM, the hub's certificate first");
  }
  return { cert, key };
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    throw new Fault("config", `${name} ${path} cannot be read (${code})`, "let the hub's user read it");
  }
}

function belongTogether(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
