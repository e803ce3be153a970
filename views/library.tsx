import type { Frame } from "./frame/model.ts";
import { eventHref } from "./frame/address.ts";
import { ABSENT, number } from "./parts/numbers.ts";
import { Outcome, Risk } from "./parts/badges.tsx";
import { Time } from "./parts/time.tsx";
import type { Markup } from "./jsx-runtime.ts";
import { Heading } from "./frame/page.tsx";
import { Shares } from "./shares.tsx";
import type { EpisodeLine, LibraryPage } from "./model.ts";

export function Library({ frame, page }: { readonly frame: Frame; readonly page: LibraryPage }): Markup {
  const { stats } = page;
  return (
    <>
      <Heading frame={frame} />
      <p>
        Version {number(stats.version)}: {number(stats.total)} active episodes, {number(stats.archived)} archived.
      </p>
      {page.episodes.length === 0 ? (
        <p class="empty">No episodes yet. Curation makes them from events, some seconds after these arrive.</p>
      ) : (
        <EpisodeTable episodes={page.episodes} nowMs={frame.nowMs} />
      )}
      {stats.total > 0 && (
        <section aria-labelledby="shares">
          <h2 id="shares">What it holds</h2>
          <Shares title="Categories" counts={stats.category_breakdown.map((row) => [row.category, row.count])} />
          <Shares title="Outcomes" counts={stats.outcome_breakdown.map((row) => [row.outcome, row.count])} />
        </section>
      )}
      {page.next !== null && (
        <p>
          <a href={`/library?${new URLSearchParams({ after: page.next })}`} rel="next">
            Lower scores
          </a>
        </p>
      )}
    </>
  );
}

function EpisodeTable({ episodes, nowMs }: { episodes: readonly EpisodeLine[]; nowMs: number }): Markup {
  const caption = `Active episodes, the best first`;
  return (
    <div class="scroll" tabindex="0" role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col" class="number">
              Score
            </th>
            {["Rig", "Time", "Category", "Campaign"].map((name) => (
              <th scope="col">{name}</th>
            ))}
            <th scope="col" class="number">
              Depth, ft
            </th>
            {["Risk", "Outcome", "What worked"].map((name) => (
              <th scope="col">{name}</th>
            ))}
            <th scope="col" class="number">
              Events
            </th>
          </tr>
        </thead>
        <tbody>
          {episodes.map((episode) => (
            <Row episode={episode} nowMs={nowMs} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ episode, nowMs }: { readonly episode: EpisodeLine; readonly nowMs: number }): Markup {
  return (
    <tr id={`episode-${episode.id}`}>
      <td class="number">{number(episode.score, 3)}</td>
      <th scope="row">
        <a href={eventHref(episode.id.replace(/-episode$/, ""))}>{episode.rig_id}</a>
      </th>
      <td>
        <Time iso={episode.timestamp} nowMs={nowMs} />
      </td>
      <td>{episode.category}</td>
      <td>{episode.campaign}</td>
      <td class="number">
        {number(episode.depth_min)}–{number(episode.depth_max)}
      </td>
      <td>
        <Risk level={episode.risk_level} />
      </td>
      <td>
        <Outcome name={episode.outcome} />
      </td>
      <td class="words">{episode.resolution ?? ABSENT}</td>
      <td class="number">{number(episode.event_count)}</td>
    </tr>
  );
}
