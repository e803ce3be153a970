import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Fault } from "../../base/fault.ts";
import { readSmallFile, writeSmallFile } from "../../base/small-file.ts";
import { newWireguardKeys, publicKeyOf, WIREGUARD_KEY } from "../../base/wireguard.ts";

const KEY_FILE_MAX = 256;

/** Undefined when there is none. Faults: `config`. */
export function readKeyFile(path: string): string | undefined {
  const bytes = readSmallFile(path, KEY_FILE_MAX);
  if (bytes === undefined) return undefined;
  const key = Buffer.from(bytes).toString().trim();
  if (WIREGUARD_KEY.test(key)) return key;
  throw new Fault("config", `${path} holds no WireGuard key`, "name another --key, or put it aside");
}

/** The public key of the file's; a new one, for its owner alone, when there is none. */
export function ensureKeyFile(path: string): { public_key: string; made: boolean } {
  const known = readKeyFile(path);
  if (known !== undefined) return { public_key: publicKeyOf(known), made: false };
  const { private_key, public_key } = newWireguardKeys();
  mkdirSync(dirname(path), { recursive: true });
  writeSmallFile(path, `${private_key}\n`, 0o600);
  return { public_key, made: true };
}
