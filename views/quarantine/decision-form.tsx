import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";
import { number } from "../parts/numbers.ts";
import type { QuarantinePage, State } from "./model.ts";

interface Props {
  readonly frame: Frame;
  readonly page: QuarantinePage;
  /** The rows, each with its box. */
  readonly children: Child;
}

interface Press {
  readonly deed: string;
  readonly label: string;
  readonly what: string;
}

const PRESSES: Readonly<Record<State, readonly Press[]>> = {
  open: [
    { deed: "accept", label: "Accept", what: "a held event goes to curation, a twin takes the stored body's place" },
    { deed: "recheck", label: "Re-check", what: "asks the rule again: what is in order by now leaves the list" },
    { deed: "discard", label: "Discard", what: "can be taken back for 30 days" },
  ],
  discarded: [{ deed: "reopen", label: "Take back", what: "waits for a decision again" }],
  accepted: [],
};

/** The boxes of the rows belong to this form, and one press decides for all of them. */
export function DecisionForm({ frame, page, children }: Props): Markup {
  const { filter, decisionsMax, reasons } = page;
  const presses = PRESSES[filter.state];
  const forbidden = frame.role !== "admin";
  const matching = reasons
    .filter(({ reason }) => filter.reason === undefined || reason === filter.reason)
    .reduce((sum, { entries }) => sum + entries, 0);
  if (presses.length === 0) return <div>{children}</div>;
  return (
    <form method="post" action="/quarantine/decide" class="decide">
      <input type="hidden" name="form_token" value={frame.formToken} />
      <input type="hidden" name="back" value={frame.here} />
      <input type="hidden" name="reason" value={filter.reason ?? ""} />
      <input type="hidden" name="rig" value={filter.rig ?? ""} />
      <fieldset disabled={forbidden} class="decide-bar">
        <label>
          <input type="checkbox" data-select-all="" data-select="" /> all on this page
        </label>
        {filter.state === "open" && (
          <label>
            <input type="checkbox" name="all" value="1" data-select="" />{" "}
            {`all ${number(Math.min(matching, decisionsMax))} matching${matching > decisionsMax ? ", the oldest first" : ""}`}
          </label>
        )}
        <label>
          Note <input name="note" maxlength="500" autocomplete="off" />
        </label>
        {presses.map(({ deed, label, what }) => (
          <button name="deed" value={deed} title={what}>
            {label}
          </button>
        ))}
      </fieldset>
      {forbidden ? (
        <small>A viewer cannot decide: sign in with the admin's key.</small>
      ) : (
        <small>{presses.map(({ label, what }) => `${label}: ${what}`).join(". ")}.</small>
      )}
      {children}
    </form>
  );
}
