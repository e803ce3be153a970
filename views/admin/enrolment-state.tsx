import type { Markup } from "../jsx-runtime.ts";
import { Badge } from "../parts/badges.tsx";
import { longDuration } from "../parts/numbers.ts";
import type { EnrolmentLine, EnrolmentState } from "./model.ts";

const STATES: Readonly<Record<EnrolmentState, readonly [sign: string, word: string]>> = {
  waiting: ["…", "waiting for the rig"],
  used: ["◇", "code used, not heard of yet"],
  connected: ["●", "connected"],
  synced: ["✓", "connected"],
  expired: ["✕", "expired unused"],
  cancelled: ["✕", "withdrawn"],
};

/** Word and sign; with the first sync once there was one. */
export function EnrolmentBadge({ enrolment }: { readonly enrolment: EnrolmentLine }): Markup {
  const { state, first_sync_after_s: after } = enrolment;
  const [sign, word] = STATES[state];
  const pulled = after === null ? ", nothing to pull yet" : `, first sync after ${longDuration(after)}`;
  const more = state === "synced" ? pulled : "";
  return <Badge sign={sign} word={`${word}${more}`} kind={`enrolment enrolment-${state}`} />;
}
