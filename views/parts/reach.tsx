import { rigHref, withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";
import { ABSENT, longDuration, number } from "./numbers.ts";
import { Table } from "./table.tsx";
import { age, Time } from "./time.tsx";

export type ReachState = "never" | "behind" | "has" | "source" | "revoked";

export interface RigReach {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly state: ReachState;
  readonly known: "confirmed" | "sent" | null;
  readonly version: number | null;
  readonly delivered_at: string | null;
  readonly delay_s: number | null;
  readonly holds_earlier: boolean;
  readonly last_contact: string | null;
  readonly shown: number;
  readonly used: number;
  readonly helped: number;
  readonly revoked_at: string | null;
}

/** Which rigs have an episode in its newest form. */
export interface Reach {
  readonly archived: boolean;
  readonly version: number;
  readonly committed_at: string | null;
  readonly summary: {
    readonly have: number;
    readonly may_have: number;
    readonly confirmed: number;
    readonly median_s: number | null;
    readonly worst_s: number | null;
    readonly timed: number;
    readonly shown: number;
    readonly used: number;
    readonly helped: number;
  };
  /** The worst first. */
  readonly rigs: readonly RigReach[];
  readonly left_out: number;
}

/** Rigs of the table unless all are asked for. */
const RIGS_SHOWN = 25;
/** Who lacks it is the question, so that most of them are named, and some of the others. */
const LACKING_SHOWN = 50;
const OTHERS_SHOWN = 5;

/** Of a list with the worst first. */
export function shownRigs(rigs: readonly RigReach[]): readonly RigReach[] {
  const lacking = rigs.filter(({ state }) => state === "never" || state === "behind").length;
  return rigs.slice(0, Math.max(RIGS_SHOWN, Math.min(lacking, LACKING_SHOWN) + OTHERS_SHOWN));
}

/** `17 of 20 rigs have it, slowest 6 h 12 m`. */
export function reachText({ archived, summary }: Reach): string {
  const { have, may_have, worst_s } = summary;
  if (may_have === 0) return "there is no other rig that may have it";
  const what = archived ? "know that it was archived" : may_have === 1 ? "has it" : "have it";
  const slowest = worst_s === null ? "" : `, slowest ${longDuration(worst_s)}`;
  return `${number(have)} of ${number(may_have)} ${may_have === 1 ? "rig" : "rigs"} ${what}${slowest}`;
}

interface ReachTableProps {
  readonly frame: Frame;
  readonly reach: Reach;
  /** `?reach=all`. */
  readonly all: boolean;
}

export function ReachTable({ frame, reach, all }: ReachTableProps): Markup {
  const shown = all ? reach.rigs : shownRigs(reach.rigs);
  const hidden = reach.rigs.length - shown.length;
  return (
    <>
      <p>{leadText(reach)}</p>
      <Table
        frame={frame}
        caption="Rigs, those without it first"
        columns={[
          { label: "Rig", heads: true, cell: ({ rig_id }) => <a href={rigHref(rig_id)}>{rig_id}</a> },
          { label: "Has it", kind: "words", cell: (rig) => stateText(rig, reach, frame.nowMs) },
          { label: "Delivered", cell: (rig) => <Time iso={rig.delivered_at} nowMs={frame.nowMs} only="time" /> },
          { label: "After", numeric: true, cell: ({ delay_s }) => longDuration(delay_s) },
          { label: "Shown, used, helped", kind: "words", cell: (rig) => shownText(rig) },
          { label: "Last contact", cell: (rig) => <Time iso={rig.last_contact} nowMs={frame.nowMs} /> },
          { label: "Well", kind: "words", hideBelow: "desk", cell: ({ well_id }) => <bdi>{well_id}</bdi> },
        ]}
        rows={shown}
        rowId={({ rig_id }) => `reach-${rig_id}`}
      />
      {hidden > 0 && (
        <p>
          <a href={`${withQuery(frame.here, { reach: "all" })}#reach`}>{`Show the other ${number(hidden)} rigs`}</a>
        </p>
      )}
      {reach.left_out > 0 && <p>{`${number(reach.left_out)} further rigs were not looked at.`}</p>}
    </>
  );
}

function leadText(reach: Reach): string {
  const { summary, version } = reach;
  const parts = [
    `In library version ${number(version)}: ${reachText(reach)}`,
    summary.median_s === null
      ? ""
      : `median ${longDuration(summary.median_s)} over ${number(summary.timed)} deliveries`,
    summary.confirmed === 0 ? "" : `${number(summary.confirmed)} said so themselves`,
  ];
  return `${parts.filter((part) => part !== "").join("; ")}. ${helpText(summary)}`;
}

/** What rigs told with their answers. */
export function helpText({ shown, used, helped }: Reach["summary"]): string {
  if (shown === 0) return "No rig has told yet that recall named it before a driller answered.";
  const cases = `${number(shown)} ${shown === 1 ? "case" : "cases"}`;
  return `Recall named it in ${cases} before the driller answered; its action was used in ${number(used)} and stands as what helped in ${number(helped)}.`;
}

function shownText({ shown, used, helped }: RigReach): string {
  return shown === 0 ? ABSENT : `${number(shown)}, ${number(used)}, ${number(helped)}`;
}

function stateText(rig: RigReach, reach: Reach, nowMs: number): Child {
  switch (rig.state) {
    case "source":
      return "source: the event is its own";
    case "revoked":
      return `revoked${rig.revoked_at === null ? "" : ` ${age(rig.revoked_at, nowMs)}`}`;
    case "never":
      return "✕ never fetched the library";
    case "behind":
      return `✕ behind: at version ${versionText(rig)}${rig.holds_earlier ? ", has it in an earlier form" : ""}`;
    default:
      return `✓ ${reach.archived ? "knows" : "has it"}${rig.known === "confirmed" ? ", confirmed" : ", sent"}, at version ${versionText(rig)}`;
  }
}

function versionText({ version }: RigReach): string {
  return version === null ? ABSENT : number(version);
}
