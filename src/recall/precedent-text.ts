import type { FleetEpisode } from "../wire/episode.ts";
import { outcomeColumns } from "../wire/outcome.ts";

const RESOLUTION_SHOWN_MAX = 400;

/** One line in the form that the rig software puts before its reader. `score` is the hub's unless another is given. */
export function precedentText(episode: FleetEpisode, score: number | undefined = episode.score): string {
  const { risk_level, category, severity, rig_id } = episode;
  const { outcome } = outcomeColumns(episode.outcome);
  const scored = score === undefined ? "" : ` Score: ${score.toFixed(2)}`;
  return (
    `PRECEDENT [${risk_level}] ${category}: ${severity} at ${depthText(episode)} (rig ${rig_id}, ${outcome}). ` +
    `Resolution: ${sentence(episode.resolution_summary)}${scored}`
  );
}

function depthText({ depth_range: [shallow, deep] }: FleetEpisode): string {
  const [from, to] = [Math.round(shallow), Math.round(deep)];
  return from === to ? `${to}ft` : `${from}-${to}ft`;
}

/** On one line and with an end: the score follows it. */
function sentence(text: string | null): string {
  const line = (text ?? "").replaceAll(/\s+/g, " ").trim();
  if (line === "") return "not recorded.";
  if (line.length > RESOLUTION_SHOWN_MAX) return `${line.slice(0, RESOLUTION_SHOWN_MAX).toWellFormed()}…`;
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}
