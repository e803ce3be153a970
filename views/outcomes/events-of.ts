import { address, type Changes } from "../frame/address.ts";
import type { OutcomesPage } from "./model.ts";

/** The list of the events that a figure of this page counts. */
export function eventsOf({ filter }: Pick<OutcomesPage, "filter">, more: Changes): string {
  const { days, category, risk, campaign, rig, depthFromFt, depthToFt } = filter;
  return address("/events", {
    category,
    risk,
    campaign,
    rig,
    depth_from: depthFromFt,
    depth_to: depthToFt,
    from: days.from,
    to: days.to,
    ...more,
  });
}
