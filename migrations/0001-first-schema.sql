-- Times are given by the hub's clock, never by the server's.

create table rigs (
  rig_id text primary key,
  key_hash bytea not null unique,
  -- While a key is rotated both are good, until previous_key_until.
  previous_key_hash bytea unique,
  previous_key_until timestamptz,
  well_id text not null,
  field text not null,
  registered_at timestamptz not null,
  last_seen timestamptz,
  last_sync timestamptz,
  last_event_at timestamptz,
  event_count bigint not null default 0,
  status text not null default 'active' check (status in ('active', 'inactive', 'revoked')),
  revoked_at timestamptz,
  -- The library version of the last reply to it; null until it asked.
  synced_version bigint,
  spoke_version text,
  -- Rig clock minus hub clock, measured at its last request that told its time.
  clock_offset_s double precision,
  dropped_events bigint not null default 0
)
-- Every sync and upload touches its rig: room in the page, and no index over what changes, let it stay where it is.
with (fillfactor = 50);
create index rigs_status on rigs (status);

-- A million rows and more: what has eight bytes stands first, then four, then one, then texts, so that nothing is padded.
create table events (
  timestamp timestamptz not null,
  advisory_at timestamptz not null,
  received_at timestamptz not null,
  -- The way from the rig here, by the rig's clock; null where the rig does not tell.
  queued_at timestamptz,
  sent_at timestamptz,
  outcome_at timestamptz,
  depth double precision not null,
  clock_offset_s double precision,
  -- Of the decoded bytes.
  body_bytes integer not null,
  snapshots integer not null,
  category_inferred boolean not null default false,
  late boolean not null default false,
  -- Kept back from curation until a person has looked: see quarantine.
  held boolean not null default false,
  -- A person took it out of an episode: it stands alone from then on.
  apart boolean not null default false,
  needs_curation boolean not null default true,
  id text primary key,
  rig_id text not null references rigs (rig_id),
  well_id text not null,
  field text not null,
  campaign text not null check (campaign in ('Production', 'PlugAbandonment')),
  risk_level text not null check (risk_level in ('Elevated', 'High', 'Critical')),
  severity text not null check (severity in ('Healthy', 'Low', 'Medium', 'High', 'Critical')),
  category text not null check (category in ('None', 'DrillingEfficiency', 'Hydraulics', 'WellControl', 'Mechanical', 'Formation')),
  outcome text not null default 'Pending' check (outcome in ('FalsePositive', 'Pending', 'Escalated', 'Resolved')),
  action_taken text,
  notes text,
  episode_id text,
  curation_error text,
  -- SHA-256 of the decoded bytes.
  digest bytea not null,
  -- Extracted once, at ingest: what curation reads. Of the six numbers those that are not 0, as text: half of jsonb.
  situation text not null,
  key_metrics json not null,
  -- What the event says and no column holds, unknown fields and all; the window is in the frame alone.
  payload jsonb not null,
  -- The whole event as a zstd frame, as received when it came so.
  frame bytea not null
);
alter table events alter column frame set storage external;
do $$ begin
  alter table events alter column payload set compression lz4;
exception when feature_not_supported then null;
end $$;
create index events_session on events (rig_id, category, timestamp, id) where not held;
create index events_received on events (received_at desc);
create index events_needs_curation on events (received_at, id) where needs_curation and not held;
create index events_curation_error on events (id) where curation_error is not null;
create index events_episode on events (episode_id) where episode_id is not null;
create index events_pending_risk on events (risk_level, timestamp desc) where outcome = 'Pending' and risk_level <> 'Elevated';

create table outcome_log (
  id bigint generated always as identity,
  event_id text not null references events (id) on delete cascade,
  outcome text not null,
  action_taken text,
  notes text,
  received_at timestamptz not null,
  primary key (event_id, id)
);

-- Events by day, kept in the transaction that stores or changes them.
create table daily_counts (
  day date not null,
  category text not null,
  outcome text not null,
  risk_level text not null,
  campaign text not null,
  rig_id text not null references rigs (rig_id),
  events bigint not null,
  primary key (day, rig_id, category, outcome, risk_level, campaign)
);

create table quarantine (
  id bigint generated always as identity primary key,
  event_id text not null,
  rig_id text not null references rigs (rig_id),
  reason text not null check (reason in ('conflict', 'future_timestamp')),
  detail text not null,
  digest bytea not null,
  -- The refused twin of a conflict; null when the event itself is in events and held.
  frame bytea,
  body_bytes integer not null,
  clock_offset_s double precision,
  received_at timestamptz not null,
  decision text check (decision in ('accepted', 'discarded')),
  decided_at timestamptz,
  decided_by text,
  decision_note text,
  unique (event_id, digest)
);
create index quarantine_open on quarantine (received_at) where decision is null;
create index quarantine_rig on quarantine (rig_id);

create table episodes (
  id text primary key,
  source_event_id text not null references events (id) on delete cascade,
  rig_id text not null references rigs (rig_id),
  well_id text not null,
  field text not null,
  category text not null,
  category_inferred boolean not null default false,
  campaign text not null,
  depth_min double precision not null,
  depth_max double precision not null,
  risk_level text not null,
  severity text not null,
  outcome text not null,
  action_taken text,
  resolution text,
  notes text,
  event_count integer not null,
  -- The parts of the score that do not age, 0 to 1 each.
  detail double precision not null,
  diversity double precision not null,
  score double precision not null,
  scored_at timestamptz not null,
  -- The score that the library shows: it follows score when the difference matters.
  published_score double precision not null,
  key_metrics jsonb not null,
  situation text not null,
  timestamp timestamptz not null,
  archived boolean not null default false,
  archived_reason text,
  archived_at timestamptz,
  -- The library version that last changed what rigs see of it.
  version bigint not null,
  -- Its JSON as rigs get it.
  body text not null,
  created_at timestamptz not null default now(),
  curated_at timestamptz not null
);
alter table episodes alter column body set storage external;
create index episodes_version on episodes (version) where not archived;
create index episodes_best on episodes (published_score desc, id) where not archived;
create index episodes_score on episodes (score) where not archived;
create index episodes_rig on episodes (rig_id, category, timestamp);
create index episodes_shares on episodes (category, rig_id) where not archived;
create index episodes_age on episodes (timestamp) where not archived;
create index episodes_outcome on episodes (outcome, timestamp) where not archived;
create index episodes_source on episodes (source_event_id);

-- What rigs must forget, kept for a while; older cursors get the whole library.
create table tombstones (
  episode_id text primary key,
  rig_id text not null,
  version bigint not null,
  reason text not null,
  buried_at timestamptz not null
);
create index tombstones_version on tombstones (version, episode_id);

create sequence library_version_seq start 1;

create table library_versions (
  version bigint primary key,
  committed_at timestamptz not null,
  run_id bigint,
  changed integer not null,
  removed integer not null
);
create index library_versions_time on library_versions (committed_at);

-- One row. A restore from a backup gives a new epoch: cursors of another one mean nothing.
create table library_state (
  only_row boolean primary key default true check (only_row),
  epoch text not null,
  -- Tombstones up to this version are gone: a cursor below it gets the whole library.
  tombstone_floor bigint not null default 0
);
insert into library_state (epoch) values (gen_random_uuid()::text);

-- Its rig and category are those of the episode.
create table merge_audit (
  merged_at timestamptz not null,
  run_id bigint,
  -- Against the event before it in the episode.
  delta_depth_ft real not null,
  delta_s real not null,
  event_id text not null,
  episode_id text not null,
  outcome text not null,
  primary key (event_id, episode_id)
);
create index merge_audit_episode on merge_audit (episode_id);

create table curation_runs (
  id bigint generated always as identity primary key,
  cause text not null check (cause in ('arrival', 'schedule', 'request')),
  started_at timestamptz not null,
  finished_at timestamptz,
  duration_ms double precision,
  events_read integer not null default 0,
  episodes_created integer not null default 0,
  episodes_changed integer not null default 0,
  events_merged integer not null default 0,
  episodes_rescored integer not null default 0,
  episodes_archived integer not null default 0,
  events_failed integer not null default 0,
  -- The newest version that it made; null when the library did not change.
  version bigint,
  error text
);
create index curation_runs_started on curation_runs (started_at desc);

create table sync_log (
  id bigint generated always as identity primary key,
  rig_id text not null references rigs (rig_id),
  synced_at timestamptz not null,
  episodes_sent integer not null,
  library_version bigint not null
);
create index sync_log_rig on sync_log (rig_id, synced_at desc);

-- Keys that the hub made itself: hashes only.
create table hub_secrets (
  name text primary key,
  hash bytea not null,
  created_at timestamptz not null
);

create table admin_sessions (
  token_hash bytea primary key,
  -- Hash of the key it was opened with: another key ends it.
  key_hash bytea not null,
  form_token text not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  address text not null
);
create index admin_sessions_expiry on admin_sessions (expires_at);

-- Append-only.
create table admin_audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  address text not null,
  request_id text,
  action text not null,
  target text,
  detail jsonb not null default '{}'
);
create index admin_audit_at on admin_audit (at desc, id desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'admin_audit is append-only';
end $$;
create trigger admin_audit_append_only before update or delete on admin_audit for each row execute function refuse_change();
