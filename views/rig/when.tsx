import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Time } from "../parts/time.tsx";
import type { RigLine } from "../rigs/model.ts";

/** Makes the times of one rig's page: of its own zone when the visitor asked for rig time. */
export function whenOf(frame: Frame, { time_zone: timeZone }: Pick<RigLine, "time_zone">) {
  return (iso: string | null): Markup => <Time iso={iso} nowMs={frame.nowMs} zone={frame.zone} timeZone={timeZone} />;
}

export type When = ReturnType<typeof whenOf>;
