-- The WireGuard tunnel: public keys and addresses only. Private keys stay where they were made.

-- One row, and none where there is no tunnel. Whoever changes a peer locks it and counts on.
create table wg_hub (
  only_row boolean primary key default true check (only_row),
  pool cidr not null,
  -- What every gateway applies; a gateway that has the number has the peers.
  generation bigint not null default 1,
  changed_at timestamptz not null
);

-- Where rigs enter: one a machine, or one for machines that share a key.
create table wg_gateways (
  name text primary key,
  address inet not null unique,
  public_key text not null unique,
  -- As rigs reach it from outside: name or address, and port.
  endpoint text not null,
  changed_at timestamptz not null
);

-- A rig keeps its address: a released one rests, so that no other rig is taken for it.
create table wg_peers (
  rig_id text primary key,
  address inet not null unique,
  -- Null until the rig has told it, and after it was revoked.
  public_key text unique,
  state text not null check (state in ('reserved', 'active', 'released')),
  changed_at timestamptz not null,
  released_at timestamptz,
  check ((state = 'active') = (public_key is not null)),
  check ((state = 'released') = (released_at is not null))
);

-- Peers of machines that are not a rig yet: they may enrol and nothing else.
create table wg_bootstraps (
  enrolment_id bigint primary key references enrolments (id) on delete cascade,
  address inet not null unique,
  public_key text not null unique,
  ends_at timestamptz not null
);
create index wg_bootstraps_end on wg_bootstraps (ends_at);

-- Somebody showed a code that was used: a copy of it is about.
alter table enrolments
  add column reuses bigint not null default 0,
  add column reused_at timestamptz;
