import { Fault } from "../../src/base/fault.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * The address is open to every program of this machine, its browser included. A page from elsewhere can get its own
 * name to mean 127.0.0.1, so the name that was asked for must be this machine's; and no page may post here at all.
 * Faults: `forbidden`.
 */
export function checkLocal(request: Request): void {
  const host = request.headers.get("host");
  const asked = host === null ? new URL(request.url).hostname : host.replace(/:\d*$/, "");
  if (!LOOPBACK.test(asked))
    throw new Fault("forbidden", "this address answers on the rig itself only", "use 127.0.0.1");
  const origin = request.headers.get("origin");
  if (origin === null) return;
  if (!LOOPBACK.test(URL.parse(origin)?.hostname ?? "")) {
    throw new Fault("forbidden", "pages of other machines may not ask here", "ask from a program on the rig");
  }
}
