import { address, episodeHref, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Outcome } from "../parts/badges.tsx";
import { number } from "../parts/numbers.ts";
import { Empty } from "../parts/panel.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import type { Alike, AlikeEpisode } from "./model.ts";

const DISTANCE_DIGITS = 3;
const CLOSENESS_WORDS = {
  close: "close",
  distant: "distant",
  none: "not near",
  category_only: "by category only",
} as const;

interface Props {
  readonly frame: Frame;
  readonly alike: Alike;
  readonly category: string;
}

export function Near({ frame, alike, category }: Props): Markup {
  const { comparable, compared, episodes } = alike;
  if (!comparable) return <Empty>Its events had too few channels to compare it by.</Empty>;
  if (episodes.length === 0) return <Empty>{`It is the only ${category} episode in the library.`}</Empty>;
  return (
    <>
      <p>
        {`Compared with the newest ${number(compared)} other ${category} episodes, its own rig's too, by the distance that rigs use: 0 is alike, up to 0.3 is close, 1 is far.`}
      </p>
      <Table
        frame={frame}
        caption="The nearest first"
        columns={columns(frame)}
        rows={episodes}
        rowId={({ id }) => `alike-${id}`}
      />
    </>
  );
}

function columns(frame: Frame): Column<AlikeEpisode>[] {
  return [
    {
      label: "Distance",
      numeric: true,
      heads: true,
      cell: ({ id, distance }) => (
        <a href={address(episodeHref(id), { from: frame.here })}>{number(distance, DISTANCE_DIGITS)}</a>
      ),
    },
    { label: "How near", cell: ({ closeness }) => CLOSENESS_WORDS[closeness] },
    { label: "Why", kind: "words", cell: ({ why }) => why.join("; ") },
    { label: "Outcome", cell: ({ outcome }) => <Outcome name={outcome} /> },
    { label: "What worked", kind: "words", cell: ({ resolution }) => <Words text={resolution} short /> },
    { label: "Rig", cell: ({ rig_id }) => <a href={rigHref(rig_id)}>{rig_id}</a> },
    {
      label: "Time",
      hideBelow: "tablet",
      cell: ({ timestamp, time_zone }) => (
        <Time iso={timestamp} nowMs={frame.nowMs} zone={frame.zone} timeZone={time_zone} />
      ),
    },
  ];
}
