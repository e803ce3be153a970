import type { Frame } from "./frame/model.ts";
import { ABSENT, number, percent } from "./parts/numbers.ts";
import { Time } from "./parts/time.tsx";
import type { Markup } from "./jsx-runtime.ts";
import { Heading } from "./frame/page.tsx";
import type { RigLine, RigsPage } from "./model.ts";

const STATUS_SIGNS = { active: "●", inactive: "○", revoked: "✕" } as const;

export function Rigs({ frame, page }: { readonly frame: Frame; readonly page: RigsPage }): Markup {
  return (
    <>
      <Heading frame={frame} />
      {page.rigs.length === 0 ? (
        <p class="empty">No rig is enrolled yet. Enrol the first one with the hub's command line.</p>
      ) : (
        <RigTable page={page} nowMs={frame.nowMs} />
      )}
    </>
  );
}

function RigTable({ page, nowMs }: { readonly page: RigsPage; readonly nowMs: number }): Markup {
  return (
    <div class="scroll" tabindex="0" role="region" aria-label="Rigs">
      <table>
        <caption>{`${number(page.rigs.length)} rigs, by name. The library is at version ${number(page.libraryVersion)}.`}</caption>
        <thead>
          <tr>
            {["State", "Rig", "Well", "Field", "Last seen", "Last event", "Last sync"].map((name) => (
              <th scope="col">{name}</th>
            ))}
            {["Versions behind", "Events", "Events, 7 d", "Answered, 7 d", "Dropped on rig", "Clock offset, s"].map(
              (name) => (
                <th scope="col" class="number">
                  {name}
                </th>
              ),
            )}
            <th scope="col">Spoke</th>
          </tr>
        </thead>
        <tbody>
          {page.rigs.map((rig) => (
            <Row rig={rig} nowMs={nowMs} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ rig, nowMs }: { readonly rig: RigLine; readonly nowMs: number }): Markup {
  return (
    <tr id={`rig-${rig.rig_id}`}>
      <td class={`status-${rig.status}`}>
        <span aria-hidden="true">{STATUS_SIGNS[rig.status]} </span>
        {rig.status}
      </td>
      <th scope="row">
        <a href={`/events?rig=${encodeURIComponent(rig.rig_id)}`}>{rig.rig_id}</a>
      </th>
      <td>{rig.well_id}</td>
      <td>{rig.field}</td>
      {[rig.last_seen, rig.last_event_at, rig.last_sync].map((iso) => (
        <td>
          <Time iso={iso} nowMs={nowMs} />
        </td>
      ))}
      <td class="number">{number(rig.versions_behind)}</td>
      <td class="number">{number(rig.event_count)}</td>
      <td class="number">{number(rig.events_7d)}</td>
      <td class="number">{percent(rig.answered_7d)}</td>
      <td class="number">{number(rig.dropped_events)}</td>
      <td class="number">{number(rig.clock_offset_s, 1)}</td>
      <td>{rig.spoke_version ?? ABSENT}</td>
    </tr>
  );
}
