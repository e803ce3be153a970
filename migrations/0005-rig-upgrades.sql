-- Rigs whose newest release was taken back or given up, as they told; a rig that asks and tells nothing has none any more.
create table rig_upgrade_failures (
  rig_id text primary key references rigs (rig_id),
  version text not null,
  reason text not null,
  told_at timestamptz not null
);
