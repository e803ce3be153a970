import { address, episodeHref, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Outcome } from "../parts/badges.tsx";
import { number } from "../parts/numbers.ts";
import { Empty, Section } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { ARCHIVE_WORDS, type LibraryFacts, type PreviewRow } from "./model.ts";

const SCORE_DIGITS = 4;

/** What the next pruning would take, before it takes it. */
export function Preview({ frame, facts }: { readonly frame: Frame; readonly facts: LibraryFacts }): Markup {
  const { aged, excess, first, rules } = facts.prune;
  const all = aged + excess;
  return (
    <Section id="pruning" title="Next pruning, tried without doing it">
      <p>
        {`Rules: archived are episodes older than ${number(rules.max_age_days)} days, false alarms older than ${number(rules.false_positive_days)} days, and the lowest scores above ${number(rules.max_episodes)}; what came in the last ${number(rules.grace_days)} days stays.`}
      </p>
      {all === 0 ? (
        <Empty>If it ran now, nothing would be archived.</Empty>
      ) : (
        <>
          <p>
            {`If it ran now, it would archive ${number(all)}: ${number(aged)} for their age, ${number(excess)} for the cap, by the scores as they stand.`}
            {first.length < all && ` These are the first ${number(first.length)}.`}
          </p>
          <Table
            frame={frame}
            caption="Would be archived"
            columns={columns(frame)}
            rows={first}
            rowId={({ id }) => `prune-${id}`}
          />
        </>
      )}
    </Section>
  );
}

function columns(frame: Frame): Column<PreviewRow>[] {
  return [
    {
      label: "Score",
      numeric: true,
      heads: true,
      cell: ({ id, score }) => (
        <a href={address(episodeHref(id), { from: frame.here })}>{number(score, SCORE_DIGITS)}</a>
      ),
    },
    { label: "Why", cell: ({ reason }) => ARCHIVE_WORDS[reason] },
    { label: "Outcome", cell: ({ outcome }) => <Outcome name={outcome} /> },
    { label: "Rig", cell: ({ rig_id }) => <a href={rigHref(rig_id)}>{rig_id}</a> },
    { label: "Time", cell: ({ timestamp }) => <Time iso={timestamp} nowMs={frame.nowMs} /> },
  ];
}
