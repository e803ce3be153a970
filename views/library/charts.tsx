import { address } from "../frame/address.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Bars } from "../parts/bars.tsx";
import { Columns } from "../parts/columns.tsx";
import { number, percent } from "../parts/numbers.ts";
import { Section } from "../parts/panel.tsx";
import type { AgeBand, LibraryFacts } from "./model.ts";

interface Props {
  readonly facts: LibraryFacts;
}

const SCORE_DIGITS = 2;
/** Its colour is of this name. */
const PART = "Episodes";

export function Scores({ facts: { scores, active } }: Props): Markup {
  const width = 1 / Math.max(1, scores.length);
  const bars = scores.map((value, bar) => ({
    label: number(bar * width, SCORE_DIGITS),
    href: address("/library", {
      score_min: (bar * width).toFixed(SCORE_DIGITS),
      score_max: ((bar + 1) * width).toFixed(SCORE_DIGITS),
    }),
    parts: [{ name: PART, value }],
  }));
  const fullest = bars[scores.indexOf(Math.max(...scores))];
  return (
    <Section id="scores" title="Scores">
      <Columns
        along="Score from"
        id="scores-chart"
        caption="Episodes by score, as rigs see it"
        summary={
          active === 0
            ? "There are no episodes."
            : `Most episodes, ${number(Math.max(...scores))}, score from ${fullest?.label ?? ""}; a bar is ${width} wide.`
        }
        columns={bars}
        names={[PART]}
      />
    </Section>
  );
}

export function Ages({ facts: { ages } }: Props): Markup {
  return (
    <Section id="ages" title="Age">
      <Bars caption="Episodes by how long ago they happened" bars={ages.map(bandBar)} shares />
    </Section>
  );
}

export function Rigs({ facts: { shares } }: Props): Markup {
  const { even, most, others, rigs_without: without } = shares;
  const bars = most.map(({ rig_id, episodes, share }) => ({
    label: even === null ? rig_id : `${rig_id} (${number(share / even, 1)} × even)`,
    href: address("/library", { rig: rig_id }),
    value: episodes,
  }));
  const rest =
    others.rigs === 0 ? [] : [{ label: `${number(others.rigs)} others`, value: others.episodes, kind: "bar-quiet" }];
  return (
    <Section id="rigs" title="Rigs">
      <p>
        {even === null
          ? "No rig is enrolled."
          : `An even share would be ${percent(even, 1)} a rig. ${number(without)} rigs have no episode here.`}
      </p>
      {bars.length > 0 && <Bars caption="Episodes by rig, the most first" bars={[...bars, ...rest]} shares />}
    </Section>
  );
}

export function Pending({ facts: { pending } }: Props): Markup {
  const { bands, forgotten_days: days } = pending;
  const forgotten = bands.at(-1)?.episodes ?? 0;
  return (
    <Section id="pending" title="Unanswered">
      <p>
        {`After ${number(days)} days without an answer an episode is worth 0.05. ${number(forgotten)} got there. `}
        <a href={address("/library", { outcome: "Pending" })}>All Pending</a>
      </p>
      <Bars
        caption="Pending episodes by age"
        bars={bands.map((band) =>
          band.to_days === null ? Object.assign(bandBar(band), { kind: "bar-high" }) : bandBar(band),
        )}
      />
    </Section>
  );
}

function bandBar({ from_days: from, to_days: to, episodes }: AgeBand) {
  const label = to === null ? `over ${number(from)} d` : `${number(from)} – ${number(to)} d`;
  return { label, value: episodes };
}
