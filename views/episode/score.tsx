import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { duration, number } from "../parts/numbers.ts";
import { Section } from "../parts/panel.tsx";
import { PlannedTime, Time } from "../parts/time.tsx";
import type { EpisodeFacts, EpisodeScore, ScoreLine } from "./model.ts";

const DIGITS = 4;

interface Props {
  readonly frame: Frame;
  readonly facts: EpisodeFacts;
  readonly score: EpisodeScore;
}

/** As a sum that anybody can check. */
export function Score({ frame, facts, score }: Props): Markup {
  return (
    <Section id="score" title={`Score ${number(score.total, DIGITS)}`}>
      <div class="scroll" tabindex="0" role="region" aria-label="How the score adds up">
        <table class="sum">
          <caption>weight × term = part; the parts add up to the score</caption>
          <thead>
            <tr>
              <th scope="col">Part of</th>
              <th scope="col" class="number">
                Weight
              </th>
              <th scope="col" class="number">
                × term
              </th>
              <th scope="col" class="number">
                = part
              </th>
            </tr>
          </thead>
          <tbody>
            {score.lines.map((line) => (
              <Line line={line} facts={facts} score={score} />
            ))}
            {score.forgotten !== null && (
              <Extra part={score.forgotten.part}>
                {`Unanswered for over ${number(score.forgotten.pending_days)} days: worth ${score.forgotten.score}, whatever its parts`}
              </Extra>
            )}
            {score.unexplained !== null && (
              <Extra part={score.unexplained}>Not explained by these parts: other settings made the stored score</Extra>
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colspan={3}>
                Score
              </th>
              <td class="number">{number(score.total, DIGITS)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <Published score={score} />
      <When frame={frame} facts={facts} score={score} />
    </Section>
  );
}

function Line({ line, facts, score }: Omit<Props, "frame"> & { readonly line: ScoreLine }): Markup {
  return (
    <tr>
      <th scope="row">
        {line.name} <small>{meaningOf(line, facts, score)}</small>
      </th>
      <td class="number">{number(line.weight, 2)}</td>
      <td class="number">{number(line.term, DIGITS)}</td>
      <td class="number">{number(line.part, DIGITS)}</td>
    </tr>
  );
}

function Extra({ part, children }: { readonly part: number; readonly children: string }): Markup {
  return (
    <tr>
      <th scope="row" colspan={3} class="words">
        {children}
      </th>
      <td class="number">{number(part, DIGITS)}</td>
    </tr>
  );
}

function meaningOf({ name }: ScoreLine, { outcome, timestamp }: EpisodeFacts, { scored_at }: EpisodeScore): string {
  switch (name) {
    case "outcome":
      return outcome;
    case "recency":
      return `e^(−age/180 d) at ${duration(Math.max(0, Date.parse(scored_at) - Date.parse(timestamp)) / 1000)} of age`;
    case "detail":
      return "notes 0.3, what was done 0.4, a full window 0.3";
    default:
      return "how rare its category and rig are here";
  }
}

function Published({ score }: { readonly score: EpisodeScore }): Markup {
  const { published, total, publish_step: step } = score;
  if (published === total) return <p>Rigs see the same score.</p>;
  return (
    <p>{`Rigs see ${number(published, DIGITS)}: a score that moves by less than ${step} is not sent to them again.`}</p>
  );
}

function When({ frame, facts, score }: Props): Markup {
  const every = duration(score.every_s);
  return (
    <p>
      Reckoned <Time iso={score.scored_at} nowMs={frame.nowMs} />.{" "}
      {score.next_at === null ? (
        facts.archived ? (
          "An archived episode is not re-scored."
        ) : (
          `The schedule (every ${every}) has not run yet.`
        )
      ) : (
        <>
          Next <PlannedTime iso={score.next_at} nowMs={frame.nowMs} />, every {every}; stored anew when it moved by{" "}
          {score.score_step}.
        </>
      )}
    </p>
  );
}
