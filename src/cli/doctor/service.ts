import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../base/fault.ts";
import { fail, ok, warn, type Finding } from "../../base/findings.ts";
import { isRecord, parseJson } from "../../base/json.ts";
import { SMALL_BODY_MAX } from "../../base/limits.ts";
import type { Net } from "../../base/net.ts";
import type { Address } from "../../http/server.ts";

const ASK_MS = 3000;
const WILDCARDS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);
const OTHERS = 0o077;

/** Asks the hub that should run at the address. */
export async function judgeService(net: Net, { hostname, port }: Address): Promise<Finding> {
  const host = WILDCARDS.has(hostname) ? "127.0.0.1" : hostname.includes(":") ? `[${hostname}]` : hostname;
  const url = `http://${host}:${port}/readyz`;
  try {
    const { status, body } = await net.send({ method: "GET", url, headers: {}, maxReplyBytes: SMALL_BODY_MAX }, ASK_MS);
    const said: unknown = parseJson(body);
    if (!isRecord(said) || typeof said["status"] !== "string") return stranger(port);
    if (status === 200) return ok("service", `ready at port ${port}`);
    return fail("service", `not ready: ${String(said["reason"])}`, "mend that; see journalctl -u fleet-hub");
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === "invalid_json") return stranger(port);
    return fail("service", `no hub answers at ${host} port ${port}`, "systemctl status fleet-hub");
  }
}

function stranger(port: number): Finding {
  return fail("service", `something else answers at port ${port}`, "stop it, or give the hub another FLEET_PORT");
}

export function isWildcard(hostname: string): boolean {
  return WILDCARDS.has(hostname);
}

export function judgeAddress({ hostname }: Address): Finding {
  return isWildcard(hostname)
    ? warn(
        "address",
        "the hub listens on every network of this machine",
        "set FLEET_BIND_ADDRESS to the tunnel's address, or see that the firewall lets only rigs in",
      )
    : ok("address", hostname);
}

/** Empty for what cannot be read. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The files that hold the service's secrets, which only root needs to read. */
export function judgeCredentials(folder: string): Finding[] {
  if (!existsSync(folder)) return [];
  const open = namesIn(folder)
    .filter((name) => name.startsWith("fleet-hub."))
    .map((name) => join(folder, name))
    .filter((path) => (statSync(path).mode & OTHERS) !== 0);
  return open.map((path) =>
    fail("secrets", `others can read ${path}`, `chmod 600 ${path}, and give the key another value`),
  );
}

/** Nobody but root may look into it, and then it is as it should be. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const SECRET_LINE = /^\s*(FLEET_ADMIN_KEY|FLEET_VIEWER_KEY|FLEET_DATABASE_URL|DATABASE_URL)\s*=\s*\S/m;

/** A service's environment can be read by whoever may ask systemd. */
export function judgeSecretsInFile(path: string): Finding {
  const text = textOf(path);
  const name = SECRET_LINE.exec(text)?.[1];
  if (name === undefined) return ok("secrets", `none in ${path}`);
  const credential = name.replace(/^FLEET_/, "").toLowerCase();
  return fail(
    "secrets",
    `${name} stands in ${path}`,
    `move it to /etc/credstore/fleet-hub.${credential} (0600) and give the key another value`,
  );
}
