import { withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { BarShape } from "../parts/bars.tsx";
import { number, percent } from "../parts/numbers.ts";
import { Empty, Section } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { Words } from "../parts/words.tsx";
import { eventsOf } from "./events-of.ts";
import type { ActionLine, OutcomesPage } from "./model.ts";

/** Characters that the list of events takes. */
const WORDS_MAX = 200;

interface Props {
  readonly frame: Frame;
  readonly page: OutcomesPage;
}

/** What drillers did. Few cases are said to be few: a share of two is no advice. */
export function Actions({ frame, page }: Props): Markup {
  const { actions, casesMin, answersMax } = page;
  return (
    <Section id="actions" title="What worked">
      {actions.length === 0 ? (
        <Empty>No driller has said what was done. An acknowledgment with an action appears here.</Empty>
      ) : (
        <>
          <Table
            frame={frame}
            caption={`Actions of the newest ${number(answersMax)} answers at most. Worked: the event stands as resolved by it; tried: it was ever given as the answer`}
            rows={actions}
            columns={[
              {
                label: "Action",
                heads: true,
                kind: "words",
                cell: ({ action_taken }) => <Words text={action_taken} />,
              },
              { label: "Worked", numeric: true, cell: (line) => <Worked line={line} page={page} /> },
              { label: "Share", numeric: true, cell: (line) => share(line) },
              {
                label: "95 % interval",
                cell: ({ interval }) =>
                  interval === null
                    ? `insufficient: fewer than ${casesMin} cases`
                    : `${percent(interval[0])} to ${percent(interval[1])}`,
              },
              {
                label: "Of all shown",
                hideBelow: "tablet",
                cell: ({ tried }) => <BarShape share={tried / Math.max(1, ...actions.map((action) => action.tried))} />,
              },
            ]}
          />
          {page.total - page.pending > answersMax && (
            <p>{`More than ${number(answersMax)} were answered: the lists behind these figures may hold older ones too.`}</p>
          )}
          <p>
            <a href={withQuery(frame.here.replace(/^\/outcomes/, "/outcomes.csv"), {})} download="">
              CSV of the actions
            </a>
          </p>
        </>
      )}
    </Section>
  );
}

function Worked({ line, page }: { readonly line: ActionLine; readonly page: OutcomesPage }): Markup {
  const { resolved, tried, action_taken } = line;
  return (
    <a href={eventsOf(page, { outcome: "Resolved", ...wordsOf(action_taken) })}>
      {`${number(resolved)} of ${number(tried)}`}
    </a>
  );
}

/** An action that is too long to be asked for whole is asked for by its first words. */
function wordsOf(action: string): { q: string; alone?: number } {
  const q = action.replaceAll("_", " ").trim();
  if (q.length <= WORDS_MAX) return { q, alone: 1 };
  const end = q.lastIndexOf(" ", WORDS_MAX);
  return { q: q.slice(0, end > 0 ? end : WORDS_MAX) };
}

function share({ resolved, tried, interval }: ActionLine): string {
  return interval === null ? "" : percent(resolved / tried);
}
