import { Fault } from "../base/fault.ts";
import { isRecord } from "../base/json.ts";
import { MIB } from "../base/limits.ts";
import type { Net } from "../base/net.ts";
import type { Look } from "../base/release/watch.ts";

const DEADLINE_MS = 3000;
/** Its own failure. A 503 is the database's, and every 4xx the other end's. */
const FAILED = "500";

/** Looks at a hub as a balancer would, and at what it counted of its own replies. Never rejects. */
export function lookAtHub(url: string, net: Net): () => Promise<Look> {
  return async () => {
    try {
      const ready = await get(net, `${url}/readyz`);
      const metrics = text(await get(net, `${url}/metrics`));
      const version = /^fleet_hub_build_info\{[^}]*version="([^"]+)"/m.exec(metrics)?.[1];
      const reason = `it is not ready: ${reasonOf(ready.body)}`;
      const replies = countReplies(metrics);
      return { ready: ready.status === 200, reason, replies, ...(version === undefined ? {} : { version }) };
    } catch (error) {
      if (error instanceof Fault) return { ready: false, reason: `it does not answer: ${error.message}` };
      throw error;
    }
  };
}

function get(net: Net, url: string) {
  return net.send({ method: "GET", url, headers: {}, maxReplyBytes: MIB }, DEADLINE_MS);
}

function text({ body }: { readonly body: Uint8Array }): string {
  return new TextDecoder().decode(body);
}

function reasonOf(body: Uint8Array): string {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return isRecord(value) && typeof value["reason"] === "string" ? value["reason"] : "no reason given";
  } catch {
    return "no reason given";
  }
}

function countReplies(metrics: string): { total: number; failed: number } {
  const counted = [...metrics.matchAll(/^fleet_hub_http_replies_total\{[^}]*status="(\d+)"[^}]*\} (\d+)/gm)];
  const sum = (of: typeof counted): number => of.reduce((total, [, , count]) => total + Number(count), 0);
  return { total: sum(counted), failed: sum(counted.filter(([, status]) => status === FAILED)) };
}
