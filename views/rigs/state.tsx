import type { Markup } from "../jsx-runtime.ts";
import { Badge } from "../parts/badges.tsx";
import type { RigState } from "./model.ts";

const SIGNS: Readonly<Record<RigState, string>> = { silent: "■", late: "▲", waiting: "◇", active: "●", revoked: "✕" };

/** Word, shape and colour; an active rig is as grey as anything that is well. */
export function State({ state }: { readonly state: RigState }): Markup {
  return <Badge sign={SIGNS[state]} word={state} kind={`presence presence-${state}`} />;
}
