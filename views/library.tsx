import { eventHref } from "./events.tsx";
import { ABSENT, number, Outcome, Risk, Time } from "./format.tsx";
import type { Markup } from "./jsx-runtime.ts";
import { Heading } from "./layout.tsx";
import type { EpisodeLine, Frame, LibraryPage } from "./model.ts";

export function Library({ frame, page }: { readonly frame: Frame; readonly page: LibraryPage }): Markup {
  return (
    <>
      <Heading frame={frame} />
      <p>
        Version {number(page.version)}: {number(page.active)} active episodes, {number(page.archived)} archived.
      </p>
      {page.episodes.length === 0 ? (
        <p class="empty">No episodes yet. Curation makes them from events, some seconds after these arrive.</p>
      ) : (
        <EpisodeTable episodes={page.episodes} nowMs={frame.nowMs} />
      )}
    </>
  );
}

function EpisodeTable({ episodes, nowMs }: { episodes: readonly EpisodeLine[]; nowMs: number }): Markup {
  const caption = `The ${number(episodes.length)} best active episodes, by score`;
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
