-- Which episodes recall had named on the rig before its driller answered. The rig tells with the answer; what was never
-- answered is not known. Episodes come and go, so that only the event is referred to.
create table shown_precedents (
  event_id text not null references events (id) on delete cascade,
  -- From 1, the best first.
  place smallint not null,
  episode_id text not null,
  told_at timestamptz not null,
  primary key (event_id, place)
);
create index shown_precedents_by_episode on shown_precedents (episode_id, told_at);
