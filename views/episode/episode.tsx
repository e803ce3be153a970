import { episodeHref, rigHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { ARCHIVE_WORDS } from "../library/model.ts";
import { Outcome, Risk } from "../parts/badges.tsx";
import { Facts } from "../parts/facts.tsx";
import { number } from "../parts/numbers.ts";
import { Empty, PanelSection } from "../parts/panel.tsx";
import { ReachTable } from "../parts/reach.tsx";
import { Time } from "../parts/time.tsx";
import { Words } from "../parts/words.tsx";
import { Near } from "./alike.tsx";
import { Card } from "./card.tsx";
import { History } from "./history.tsx";
import type { EpisodeDone, EpisodePage } from "./model.ts";
import { Score } from "./score.tsx";
import { Sources } from "./sources.tsx";

const DONE_WORDS: Readonly<Record<EpisodeDone, string>> = {
  apart: "The event is set apart. Curation makes it an episode of its own within seconds, and it stays so.",
  join: "The event may join its neighbours again. Curation puts it back within seconds.",
  nothing: "It stood so already: nothing was changed.",
};

interface Props {
  readonly frame: Frame;
  readonly page: EpisodePage;
}

/** Why it scores what it scores and what it was made of, before anything else. */
export function Episode({ frame, page }: Props): Markup {
  const { done, from, facts } = page;
  return (
    <div class="episode">
      <Heading frame={frame}>
        <a href={from ?? "/library"}>{from === undefined ? "Library" : "Back to the list"}</a>
      </Heading>
      {done !== undefined && (
        <p class="done" role="status">
          {DONE_WORDS[done]}
        </p>
      )}
      {facts.archived && <Archived frame={frame} page={page} />}
      <div class="episode-lead">
        <Lead frame={frame} page={page} />
        <Score frame={frame} facts={facts} score={page.score} />
      </div>
      <Sources frame={frame} page={page} />
      <PanelSection
        frame={frame}
        id="alike"
        title="Similar episodes"
        panel={page.alike}
        show={(alike) => <Near frame={frame} alike={alike} category={facts.category} />}
      />
      <PanelSection
        frame={frame}
        id="reach"
        title="Reach"
        panel={page.reach}
        show={(reach) =>
          reach === undefined ? (
            <Empty>It left the library while this page was read.</Empty>
          ) : (
            <ReachTable frame={frame} reach={reach} all={page.all_rigs} />
          )
        }
      />
      <History frame={frame} changes={page.changes} more={page.more_changes} />
      <Card card={page.card} />
    </div>
  );
}

function Archived({ frame, page: { facts } }: Props): Markup {
  const { archived_reason: reason, archived_at: at } = facts;
  return (
    <p class="archived">
      <strong>Archived</strong>
      {reason === null ? "" : `: ${ARCHIVE_WORDS[reason]}`}
      {", "}
      <Time iso={at} nowMs={frame.nowMs} />. Rigs were told to forget it; it is not re-scored. An answer to one of its
      events can bring it back.
    </p>
  );
}

function Lead({ frame, page: { facts } }: Props): Markup {
  const { nowMs, zone } = frame;
  const depth = [...new Set([facts.depth_min, facts.depth_max])].map((ft) => number(ft, 1)).join(" – ");
  return (
    <section aria-labelledby="what" class="panel">
      <h2 id="what">What it teaches</h2>
      <p class="lesson">
        <Outcome name={facts.outcome} /> <Words text={facts.resolution} />
      </p>
      <Facts
        facts={[
          ["Notes", <Words text={facts.notes} />],
          [
            "Category",
            facts.category_inferred ? `${facts.category}, by our rules: the rig named none` : facts.category,
          ],
          ["Risk", <Risk level={facts.risk_level} />],
          ["Campaign", facts.campaign],
          ["Rig", <a href={rigHref(facts.rig_id)}>{facts.rig_id}</a>],
          ["Well, field", <Words text={`${facts.well_id}, ${facts.field}`} />],
          ["Depth", `${depth} ft`],
          ["Happened", <Time iso={facts.timestamp} nowMs={nowMs} zone={zone} timeZone={facts.time_zone} />],
          ["Made here", <Time iso={facts.created_at} nowMs={nowMs} />],
          ["Last changed", <LastChange frame={frame} facts={facts} />],
          ["Episode", <a href={episodeHref(facts.id)}>{facts.id}</a>],
        ]}
      />
    </section>
  );
}

function LastChange({ frame, facts }: { readonly frame: Frame; readonly facts: EpisodePage["facts"] }): Markup {
  return (
    <>
      <a href={`/library/versions/${facts.version}`}>{`version ${number(facts.version)}`}</a>
      {", curated "}
      <Time iso={facts.curated_at} nowMs={frame.nowMs} />
    </>
  );
}
