import { isIP } from "node:net";

/** What a hub listening at `::` calls an IPv4 address. */
const MAPPED = /^::ffff:(?=\d+\.)/i;
const FORWARDED = "x-forwarded-for";

/**
 * Where a request comes from: the other end of its connection, or what that end says if it is one of our balancers. A
 * balancer puts the address it saw last; whatever stands before is the caller's own word. From anybody else the header
 * means nothing, or an address would be whatever its owner likes.
 */
export function clientAddress(request: Request, peer: string, balancers: string): string {
  const own = peer.replace(MAPPED, "");
  if (balancers === "" || !balancers.split(",").some((balancer) => balancer.trim() === own)) return own;
  const told = request.headers.get(FORWARDED)?.split(",").at(-1)?.trim().replace(MAPPED, "") ?? "";
  return isIP(told) === 0 ? own : told;
}
