import type { StrategicAdvisory, Vote } from "../../src/wire/event.ts";
import { measured } from "../../src/wire/event.ts";
import { VOTE_LEVELS, type Category } from "../../src/wire/vocabulary.ts";
import type { Markup } from "../jsx-runtime.ts";
import { BarShape } from "../parts/bars.tsx";
import { Facts } from "../parts/facts.tsx";
import { number } from "../parts/numbers.ts";
import { Section } from "../parts/panel.tsx";
import { Words } from "../parts/words.tsx";
import type { CategoryBasis } from "./model.ts";

interface VotesProps {
  readonly advisory: StrategicAdvisory;
  readonly category: Category;
  readonly basis: CategoryBasis;
}

const BASES: Readonly<Record<CategoryBasis, string>> = {
  field: "the rig's software named it in the advisory",
  trace: "the rig's ticket names it in the trace",
  advice: "the words of the rig's advice name it",
  rules: "the rig named none, so the hub's rules read it from the numbers",
};

/** Votes are opinions about how bad it is; the category is not theirs. */
export function Votes({ advisory, category, basis }: VotesProps): Markup {
  const { votes = [], reasoning, context_used: context = [], efficiency_score: efficiency } = advisory;
  return (
    <Section id="votes" title="Votes">
      <p>{`Category ${category}: ${BASES[basis]}.`}</p>
      <Facts
        facts={[
          ["Reasoning", <Words text={reasoning} />],
          ["Efficiency score", number(efficiency, 0)],
          ...(context.length === 0 ? [] : [["Context used", <Words text={context.join("\n")} />] as const]),
        ]}
      />
      {votes.length === 0 ? <p class="empty">The rig sent no votes.</p> : <VoteTable votes={votes} />}
    </Section>
  );
}

function VoteTable({ votes }: { readonly votes: readonly Vote[] }): Markup {
  const most = Math.max(...votes.map((vote) => VOTE_LEVELS.length * (measured(vote.weight) ?? 0)));
  return (
    <div class="scroll" tabindex="0" role="region" aria-label="Votes of the specialists">
      <table class="votes">
        <caption>Votes of the specialists; a bar is vote (Low 1 to Critical 4) times weight</caption>
        <thead>
          <tr>
            <th scope="col">Specialist</th>
            <th scope="col">Vote</th>
            <th scope="col" class="number">
              Weight
            </th>
            <th scope="col" colspan="2">
              Vote × weight
            </th>
            <th scope="col">Reasoning</th>
          </tr>
        </thead>
        <tbody>
          {votes.map((vote) => (
            <VoteRow vote={vote} most={most} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function VoteRow({ vote, most }: { readonly vote: Vote; readonly most: number }): Markup {
  const weight = measured(vote.weight);
  const product = weight === undefined ? undefined : weight * (VOTE_LEVELS.indexOf(vote.vote) + 1);
  return (
    <tr>
      <th scope="row" class="words">
        <bdi>{vote.specialist}</bdi>
      </th>
      <td>
        <span class={`vote vote-${vote.vote.toLowerCase()}`}>{vote.vote}</span>
      </td>
      <td class="number">{number(weight, 2)}</td>
      <td class="bar-cell">
        <BarShape share={most > 0 ? (product ?? 0) / most : 0} kind={`vote-bar vote-bar-${vote.vote.toLowerCase()}`} />
      </td>
      <td class="number">{number(product, 2)}</td>
      <td class="words">
        <Words text={vote.reasoning} />
      </td>
    </tr>
  );
}
