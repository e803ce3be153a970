import { Fault } from "../../base/fault.ts";
import { outcomes, summary, trends } from "../../domain/dashboard.ts";
import { readGauges } from "../../domain/gauges.ts";
import { health } from "../../domain/health.ts";
import { requireReader } from "../access.ts";
import type { Handler, Hub } from "../hub.ts";
import { json } from "../replies.ts";

export const TREND_DAYS = 30;
export const TREND_DAYS_MAX = 3660;

/** GET /api/fleet/health: public, and 503 as soon as rigs should go elsewhere or people should look. */
export function getHealth({ context }: Hub): Handler {
  return async () => {
    const report = await health(context);
    return json(report.status === "healthy" ? 200 : 503, report);
  };
}

/** GET /api/fleet/dashboard/summary */
export function getSummary({ context }: Hub): Handler {
  return async (request) => {
    await requireReader(context, request);
    return json(200, await summary(context));
  };
}

/** GET /api/fleet/dashboard/trends?days=30 */
export function getTrends({ context }: Hub): Handler {
  return async (request) => {
    await requireReader(context, request);
    const stated = new URL(request.url).searchParams.get("days") ?? `${TREND_DAYS}`;
    const days = /^\d{1,5}$/.test(stated) ? Number(stated) : Number.NaN;
    if (!(days >= 1 && days <= TREND_DAYS_MAX)) {
      throw new Fault("invalid_request", `days must be 1 to ${TREND_DAYS_MAX}`, `leave it out for ${TREND_DAYS}`);
    }
    return json(200, await trends(context, days));
  };
}

/** GET /api/fleet/dashboard/outcomes */
export function getOutcomes({ context }: Hub): Handler {
  return async (request) => {
    await requireReader(context, request);
    return json(200, await outcomes(context));
  };
}

/** GET /metrics: figures without names of people or wells; reached through loopback or the tunnel only. */
export function getMetrics({ context, metrics }: Hub): Handler {
  return async () =>
    new Response(await metrics.text(await readGauges(context)), {
      headers: { "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store" },
    });
}
