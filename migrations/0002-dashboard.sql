-- What the dashboard shows and the hub did not keep before. Everything is added; a hub of the version before runs on it.

-- Sessions: a viewer reads, an admin acts.
alter table admin_sessions
  add column id bigint generated always as identity unique,
  add column role text not null default 'admin' check (role in ('admin', 'viewer'));

alter table admin_audit
  add column before jsonb,
  add column after jsonb;
create index admin_audit_action on admin_audit (action, at desc, id desc);
create index admin_audit_target on admin_audit (target, at desc, id desc) where target is not null;
create index admin_audit_actor on admin_audit (actor, at desc, id desc);

-- One-use codes, as hashes.
create table enrolments (
  id bigint generated always as identity primary key,
  code_hash bytea not null unique,
  rig_id text not null,
  well_id text not null,
  field text not null,
  time_zone text not null,
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  used_from text,
  cancelled_at timestamptz
);
create index enrolments_rig on enrolments (rig_id, id desc);

-- Rigs: what they tell of themselves, and which key they used.
alter table rigs
  -- IANA name; only for showing times as the crew reads them.
  add column time_zone text not null default 'UTC',
  -- Null for a key as old as the rig.
  add column key_issued_at timestamptz,
  add column key_used_at timestamptz,
  add column previous_key_used_at timestamptz,
  add column revoke_reason text,
  -- The version that the rig itself said it has, and since when we know.
  add column confirmed_version bigint,
  add column confirmed_at timestamptz,
  -- Its queue as it last told; null for rigs that do not tell.
  add column queue_events integer,
  add column queue_oldest_at timestamptz,
  add column queue_worst text,
  add column queue_told_at timestamptz;

-- Contact by UTC day: gaps show when a rig was away.
create table rig_days (
  rig_id text not null references rigs (rig_id),
  day date not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  uploads integer not null default 0,
  upload_bytes bigint not null default 0,
  syncs integer not null default 0,
  sync_bytes bigint not null default 0,
  primary key (rig_id, day)
);

-- One row a rig and kind of refusal, so that a rig that fails in a loop costs one row.
create table rig_refusals (
  rig_id text not null references rigs (rig_id),
  code text not null,
  refusals bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  last_event_id text,
  last_sentence text not null,
  primary key (rig_id, code)
);

create table drop_receipts (
  id bigint generated always as identity primary key,
  rig_id text not null references rigs (rig_id),
  told_at timestamptz not null,
  events bigint not null
);
create index drop_receipts_rig on drop_receipts (rig_id, id desc);

alter table sync_log
  add column bytes bigint,
  add column clock_offset_s double precision;
create index sync_log_version on sync_log (rig_id, library_version, synced_at);

-- The events list. A filter that leaves much is asked of the index alone: a row is too wide to be looked at for nothing.
-- That needs pages known to be visible, hence the early vacuum. What one well sent is little enough to look at its rows,
-- and so is what is rarely asked of one rig.
create index events_time on events (timestamp desc, id)
  include (field, category, outcome, risk_level, campaign, depth);
create index events_rig_time on events (rig_id, timestamp desc, id)
  include (category, outcome, risk_level, campaign, depth);
create index events_well on events (well_id, timestamp desc, id);
create index events_late on events (timestamp desc, id)
  include (field, category, outcome, risk_level, campaign, depth) where late;
create index events_held on events (timestamp desc, id)
  include (field, category, outcome, risk_level, campaign, depth, late) where held;
create index events_facets on events (category, outcome, risk_level, campaign, timestamp desc, id) include (depth, field);
alter table events set (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_vacuum_scale_factor = 0.02);
-- What drillers wrote, with what the list filters by and the UTC day as words of their own (a colon is in no written
-- word), so that one look finds them together. Unanswered events stay out of it.
create function event_words(
  action_taken text, notes text, rig_id text, well_id text, field text, category text, outcome text, risk_level text,
  campaign text, at timestamptz
) returns tsvector language sql immutable parallel safe as $$
  select to_tsvector('simple', left(coalesce(action_taken, ''), 10000) || ' ' || left(coalesce(notes, ''), 10000))
    || array_to_tsvector(array['rig:' || rig_id, 'well:' || left(well_id, 200), 'field:' || left(field, 200),
      'category:' || category, 'outcome:' || outcome, 'risk:' || risk_level, 'campaign:' || campaign,
      'day:' || ((at at time zone 'UTC')::date - date '2000-01-01')::text])
$$;
create index events_words on events using gin (
  event_words(action_taken, notes, rig_id, well_id, field, category, outcome, risk_level, campaign, timestamp)
) with (fastupdate = off) where action_taken is not null or notes is not null;

alter table outcome_log
  -- Who answered and when, by the rig; null where the rig does not tell.
  add column given_by text,
  add column given_at timestamptz;

-- What each version of the library changed, as people see it.
create table library_changes (
  version bigint not null,
  episode_id text not null,
  kind text not null check (kind in ('created', 'changed', 'rescored', 'returned', 'archived', 'removed')),
  -- The fields that differ; null on the side where the episode was not there.
  before jsonb,
  after jsonb,
  primary key (version, episode_id)
);
create index library_changes_episode on library_changes (episode_id, version);
-- What lies near an episode is looked for among the newest of its category, from this index alone.
create index episodes_alike on episodes (category, timestamp desc, id) include (situation, campaign) where not archived;
create index episodes_gone on episodes (archived_at desc, id) where archived;
create index episodes_kind on episodes (category, campaign, outcome, published_score desc, id) where not archived;

create table curation_failures (
  id bigint generated always as identity primary key,
  run_id bigint,
  event_id text not null,
  error text not null,
  failed_at timestamptz not null
);
create index curation_failures_run on curation_failures (run_id, id);

-- Counts of the whole fleet, a fraction of daily_counts in size. Each hub adds to its own shard, so that two hubs never
-- wait for each other's row; readers sum over the shards.
create table fleet_days (
  day date not null,
  shard smallint not null,
  category text not null,
  outcome text not null,
  risk_level text not null,
  campaign text not null,
  events bigint not null,
  primary key (day, shard, category, outcome, risk_level, campaign)
);
insert into fleet_days (day, shard, category, outcome, risk_level, campaign, events)
  select day, 0, category, outcome, risk_level, campaign, sum(events) from daily_counts group by 1, 3, 4, 5, 6;

-- The same by month and depth: a band of 500 ft begins at band_ft.
create table depth_months (
  month date not null,
  shard smallint not null,
  band_ft integer not null,
  category text not null,
  outcome text not null,
  campaign text not null,
  events bigint not null,
  primary key (month, shard, band_ft, category, outcome, campaign)
);
insert into depth_months (month, shard, band_ft, category, outcome, campaign, events)
  select date_trunc('month', timestamp at time zone 'UTC')::date, 0, least(100000, greatest(0, floor(depth / 500) * 500))::int,
    category, outcome, campaign, count(*)
  from events group by 1, 3, 4, 5, 6;

create index quarantine_open_reason on quarantine (reason, id) where decision is null;

-- One row a day: how fast the disk fills.
create table size_log (
  day date primary key,
  database_bytes bigint not null,
  events bigint not null,
  episodes bigint not null
);

-- Backups made and restores proven; every hub shows the same.
create table backup_log (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('backup', 'restore')),
  at timestamptz not null,
  ok boolean not null,
  bytes bigint,
  took_s double precision,
  detail jsonb not null default '{}'
);
create index backup_log_kind on backup_log (kind, ok, at desc);
