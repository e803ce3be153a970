import { whyNotReady } from "../../domain/readiness.ts";
import type { Handler, Hub } from "../hub.ts";
import { json } from "../replies.ts";

/** GET /livez: the process answers. Nothing behind it is asked. */
export function getLive(): Handler {
  return async () => json(200, { status: "alive" });
}

/** GET /readyz: whether a balancer should send requests here. Late curation is no reason not to: health tells of it. */
export function getReady({ context, readiness }: Hub): Handler {
  return async () => {
    const reason = await whyNotReady(context, readiness);
    return reason === null ? json(200, { status: "ready" }) : json(503, { status: "not_ready", reason });
  };
}
