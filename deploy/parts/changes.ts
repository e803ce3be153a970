import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What CHANGELOG.md says of a version in bold, or of what is not released yet; never nothing. */
export function changesOf(root: string, version: string): string[] {
  const text = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const sections = text.split(/^## /m);
  const section = sections.find((each) => each.startsWith(version)) ?? sections.find((each) => each.startsWith("Unre"));
  const points = [...(section ?? "").matchAll(/^- (.+?)(?:[.:;]|$)/gm)].map(([, point = ""]) => plain(point));
  return points.length === 0 ? [`Release ${version}.`] : points;
}

const LINE_MAX = 70;

function plain(text: string): string {
  const words = text.replaceAll(/[`*]/g, "");
  return words.length <= LINE_MAX ? `${words}.` : `${words.slice(0, words.lastIndexOf(" ", LINE_MAX))} ...`;
}
