import type { TransactionSql } from "postgres";
import type { CurationKey } from "./curation.ts";

export interface SessionWalk {
  readonly touched: readonly string[];
  /** As though they were not there. */
  readonly excluded: readonly string[];
  /** The steps that end a session; the same numbers group the events afterwards. */
  readonly seconds: number;
  readonly feet: number;
}

export interface SessionMember extends CurationKey {
  readonly id: string;
}

/**
 * All events whose episode may depend on the touched ones: the sessions, whole, of the touched events, of those
 * beside them in the order of (timestamp, id), of those that shared an episode with them, and of those beside the place
 * where such an episode stood. A late event can join two sessions or come between them; one that was changed or set
 * aside leaves a hole. An event that stands apart is nobody's neighbour: it is read with what it left or comes back to, and
 * no step leads over it. Neighbours further off in time than a step cannot be concerned. The walk takes one index step
 * an event and direction, and union ends it where it has been. Ids are compared by their bytes, as grouping compares
 * them: in another collation, events of one second could stand in another order here than there. Reading and rebuilding
 * a session costs about 17 µs an event: 100 ms are 6,000 events, an event a minute at one depth for four days.
 */
export async function sessionMembers(
  tx: TransactionSql,
  { touched, excluded, seconds, feet }: SessionWalk,
): Promise<SessionMember[]> {
  const counts = tx`not e.held and (e.curation_error is null or e.needs_curation) and e.id <> all(${[...excluded]}::text[])`;
  const neighbour = tx`${counts} and not e.apart`;
  return tx<SessionMember[]>`
    with recursive
    touched as (
      select e.id, e.rig_id, e.category, e.timestamp, e.depth, e.apart, e.episode_id, (${counts}) as counts
      from events e where e.id = any(${[...touched]}::text[])),
    former as (select distinct episode_id as id from touched where episode_id is not null),
    points as (
      select rig_id, category, timestamp, id from touched
      union
      select e.rig_id, e.category, e.timestamp, e.source_event_id from episodes e join former using (id)),
    seeds as (
      select rig_id, category, timestamp, id, depth, apart from touched where counts
      union
      select e.rig_id, e.category, e.timestamp, e.id, e.depth, e.apart
      from events e join former on e.episode_id = former.id
      where ${counts}
      union
      select beside.* from points p cross join lateral (
        (select e.rig_id, e.category, e.timestamp, e.id, e.depth, e.apart from events e
          where ${neighbour} and e.rig_id = p.rig_id and e.category = p.category
            and e.timestamp between p.timestamp - make_interval(secs => ${seconds}) and p.timestamp
            and (e.timestamp, e.id collate "C") < (p.timestamp, p.id)
          order by e.timestamp desc, e.id collate "C" desc limit 1)
        union all
        (select e.rig_id, e.category, e.timestamp, e.id, e.depth, e.apart from events e
          where ${neighbour} and e.rig_id = p.rig_id and e.category = p.category
            and e.timestamp between p.timestamp and p.timestamp + make_interval(secs => ${seconds})
            and (e.timestamp, e.id collate "C") > (p.timestamp, p.id)
          order by e.timestamp, e.id collate "C" limit 1)) beside),
    walk as (
      select seeds.*, direction from seeds, (values (-1), (1)) as ways (direction)
      union
      select step.*, w.direction from walk w cross join lateral (
        (select e.rig_id, e.category, e.timestamp, e.id, e.depth, e.apart from events e
          where w.direction = -1
            and ${neighbour} and e.rig_id = w.rig_id and e.category = w.category
            and e.timestamp between w.timestamp - make_interval(secs => ${seconds}) and w.timestamp
            and (e.timestamp, e.id collate "C") < (w.timestamp, w.id)
          order by e.timestamp desc, e.id collate "C" desc limit 1)
        union all
        (select e.rig_id, e.category, e.timestamp, e.id, e.depth, e.apart from events e
          where w.direction = 1
            and ${neighbour} and e.rig_id = w.rig_id and e.category = w.category
            and e.timestamp between w.timestamp and w.timestamp + make_interval(secs => ${seconds})
            and (e.timestamp, e.id collate "C") > (w.timestamp, w.id)
          order by e.timestamp, e.id collate "C" limit 1)) step
      where not w.apart and abs(step.depth - w.depth) <= ${feet})
    select distinct id, rig_id, category from walk`;
}
