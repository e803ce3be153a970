import type { Concern as ConcernLine, Figure, OverviewPage } from "../../../views/overview/model.ts";
import { Overview } from "../../../views/overview/overview.tsx";
import { latestArrivals } from "../../domain/dashboard/arrivals.ts";
import {
  concerns,
  fleetCounts,
  overviewBase,
  PAGE_COUNT_MAX,
  type Concern,
  type FleetCounts,
} from "../../domain/dashboard/overview.ts";
import { panel, type PageSet, type PageVisit } from "../page.ts";

const LATEST_EVENTS = 10;
const PENDING_CRITICAL = "/events?risk=Critical&outcome=Pending";
const SILENT = "/rigs?state=silent";

export const overviewPages: PageSet = {
  pages: [
    {
      path: "/",
      async read(visit) {
        const page = await overviewPage(visit);
        return { title: "Overview", data: page, content: (frame) => Overview({ frame, page }) };
      },
    },
  ],
};

async function overviewPage(visit: PageVisit): Promise<OverviewPage> {
  const { context } = visit;
  const base = overviewBase(context);
  const [counts, found, month, latest] = await Promise.all([
    panel(visit, "counts", fleetCounts(context, base)),
    panel(visit, "attention", concerns(context, base)),
    panel(visit, "last 30 days", base.month),
    panel(visit, "latest events", latestArrivals(context, LATEST_EVENTS)),
  ]);
  return {
    figures: "value" in counts ? { value: figures(counts.value) } : counts,
    concerns: "value" in found ? { value: found.value.map(concernLine) } : found,
    month,
    latest,
    hasRigs: "value" in counts ? counts.value.rigs.all > 0 : null,
  };
}

function figures(facts: FleetCounts): Figure[] {
  const { rigs, library } = facts;
  const pending = { alarming: true, countedTo: PAGE_COUNT_MAX };
  return [
    { label: "rigs active", value: rigs.active, href: "/rigs?state=active" },
    { label: "rigs late", value: rigs.late, href: "/rigs?state=late" },
    { label: "rigs silent, over 48 h", value: rigs.silent, href: SILENT, alarming: true },
    { label: "rigs revoked", value: rigs.revoked, href: "/rigs?state=revoked" },
    { label: "events today, UTC", value: facts.events_today, href: "/events" },
    { label: "events a day, median of 7", value: facts.events_day_median, href: "/trends" },
    { label: "Critical, Pending", value: facts.critical_pending, href: PENDING_CRITICAL, ...pending },
    { label: "High, Pending", value: facts.high_pending, href: "/events?risk=High&outcome=Pending", ...pending },
    {
      label: "quarantined",
      value: facts.quarantined,
      href: "/quarantine",
      alarming: true,
      since: { what: "oldest", iso: facts.oldest_quarantined },
    },
    {
      label: "events wait for curation",
      value: facts.curation_backlog,
      href: "/curation",
      countedTo: PAGE_COUNT_MAX,
      since: { what: "last run", iso: facts.last_curation },
    },
    { label: "episodes in the library", value: library.total, href: "/library" },
    { label: "library version", value: library.version, href: "/library/versions" },
    { label: "rigs behind the library", value: rigs.behind, href: "/rigs?behind=1" },
  ];
}

function concernLine(concern: Concern): ConcernLine {
  const since = "since" in concern ? concern.since : null;
  const line = (
    urgency: ConcernLine["urgency"],
    sentence: string,
    href: string,
    step: string,
    words?: string,
  ): ConcernLine => ({ urgency, sentence, href, step, since, ...(words === undefined ? {} : { words }) });
  switch (concern.kind) {
    case "critical_pending":
      return line(
        "Critical",
        `${events(concern.count)} Critical without an answer, the oldest of`,
        PENDING_CRITICAL,
        "Open",
      );
    case "silent_rig":
      return line(
        "High",
        `Rig ${concern.rig} is silent, last heard of`,
        `/rigs/${encodeURIComponent(concern.rig)}`,
        "Look",
      );
    case "more_silent_rigs":
      return line("High", `${concern.count} more rigs are silent`, SILENT, "List them");
    case "behind_rigs":
      return line("Elevated", `${concern.count} rigs miss versions of the library`, "/rigs?behind=1", "List them");
    case "quarantined":
      return line(
        "High",
        `${events(concern.count)} in quarantine for a person to decide, the oldest of`,
        "/quarantine",
        "Decide",
      );
    case "curation_failed":
      return line("High", "The last curation run failed", "/curation", "Look", concern.error);
    case "uncurated":
      return line("Elevated", `${events(concern.count)} curation could make nothing of`, "/curation", "Look");
    case "backup_old":
      return line("High", since === null ? "No backup was ever made" : "The last backup is old", "/system", "Look");
    case "backup_unproven":
    default:
      return line(
        "Elevated",
        since === null ? "No backup was ever restored to prove it" : "The last backup that was proven is old",
        "/system",
        "Look",
      );
  }
}

function events(count: number): string {
  return count >= PAGE_COUNT_MAX
    ? `${PAGE_COUNT_MAX.toLocaleString("en-US")}+ events`
    : `${count} ${count === 1 ? "event" : "events"}`;
}
