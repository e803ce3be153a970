import type { Markup } from "../jsx-runtime.ts";
import { ABSENT } from "./numbers.ts";

/** Texts of drillers are cut in tables; the page of the thing shows them whole. */
const SHOWN_IN_ROW_MAX = 80;

interface WordsProps {
  readonly text: string | null | undefined;
  /** One line of a table. */
  readonly short?: boolean;
}

/** What a rig or a driller wrote: isolated, so that marks of direction in it turn nothing else around, and wrapped. */
export function Words({ text, short = false }: WordsProps): Markup {
  if (text === null || text === undefined || text === "") return <span>{ABSENT}</span>;
  return <bdi class="words">{short ? shortened(text) : text}</bdi>;
}

function shortened(text: string): string {
  const points = Array.from(text.slice(0, 2 * SHOWN_IN_ROW_MAX + 2));
  return points.length > SHOWN_IN_ROW_MAX ? `${points.slice(0, SHOWN_IN_ROW_MAX).join("")}…` : text;
}
