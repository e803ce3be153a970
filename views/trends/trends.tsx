import { CAMPAIGNS, CATEGORIES, UPLOADED_RISKS } from "../../src/wire/vocabulary.ts";
import { withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Choice, ClearFilters, Filters } from "../parts/filters.tsx";
import { Empty, PanelSection } from "../parts/panel.tsx";
import { Campaigns } from "./campaigns.tsx";
import { DepthBands } from "./depth-bands.tsx";
import type { TrendsPage } from "./model.ts";
import { Scatter } from "./scatter.tsx";
import { SeriesFigure } from "./series.tsx";

const FILTERS = ["category", "risk", "campaign"] as const;
const RANGES = [7, 30, 90, 366] as const;
const RANGE_DAYS = 30;

interface Props {
  readonly frame: Frame;
  readonly page: TrendsPage;
}

export function Trends({ frame, page }: Props): Markup {
  const { wish } = page;
  return (
    <>
      <Heading frame={frame} />
      <Switches frame={frame} page={page} />
      <Filters frame={frame} names={FILTERS}>
        <Choice name="category" label="Category" values={CATEGORIES} chosen={wish.category} />
        <Choice name="risk" label="Risk" values={UPLOADED_RISKS} chosen={wish.risk} />
        <Choice name="campaign" label="Campaign" values={CAMPAIGNS} chosen={wish.campaign} />
      </Filters>
      <PanelSection
        frame={frame}
        id="series-title"
        title={wish.bucket === "day" ? "Events a day" : "Events a week"}
        panel={page.series}
        show={(series) =>
          series.counts.length === 0 ? (
            <Empty>
              No event in this range. <ClearFilters frame={frame} names={FILTERS} />
            </Empty>
          ) : (
            <SeriesFigure wish={wish} series={series} />
          )
        }
      />
      <PanelSection
        frame={frame}
        id="depth-title"
        title="By depth"
        panel={page.depth}
        show={(depth) => <DepthBands page={page} depth={depth} />}
      />
      <PanelSection
        frame={frame}
        id="scatter-title"
        title="Depth and time"
        panel={page.scatter}
        show={(points) => <Scatter points={points} max={page.scatterMax} />}
      />
      <PanelSection
        frame={frame}
        id="campaigns-title"
        title="Campaigns side by side"
        panel={page.series}
        show={(series) => <Campaigns series={series} />}
      />
    </>
  );
}

function Switches({ frame, page }: Props): Markup {
  const { days, bucket, by } = page.wish;
  return (
    <nav class="switches" aria-label="Range and buckets">
      <Switch
        frame={frame}
        label="Days"
        name="days"
        chosen={`${days}`}
        choices={RANGES.map((range) => [`${range}`, `${range}`, range === RANGE_DAYS])}
      />
      <Switch
        frame={frame}
        label="Bucket"
        name="bucket"
        chosen={bucket}
        choices={[
          ["day", "day", true],
          ["week", "week", false],
        ]}
      />
      <Switch
        frame={frame}
        label="By"
        name="by"
        chosen={by}
        choices={[
          ["category", "category", true],
          ["risk_level", "risk", false],
        ]}
      />
    </nav>
  );
}

interface SwitchProps {
  readonly frame: Frame;
  readonly label: string;
  readonly name: string;
  readonly chosen: string;
  /** Value, its word, and whether it is left out of the address. */
  readonly choices: readonly (readonly [value: string, word: string, standard: boolean])[];
}

function Switch({ frame, label, name, chosen, choices }: SwitchProps): Markup {
  return (
    <span>
      {`${label}: `}
      {choices.map(([value, word, standard]) => (
        <>
          {value === chosen ? (
            <strong aria-current="true">{word}</strong>
          ) : (
            <a href={withQuery(frame.here, { [name]: standard ? undefined : value })}>{word}</a>
          )}{" "}
        </>
      ))}
    </span>
  );
}
