/** The queue's file. Columns that are read often stand before the frame, so that reading them leaves its pages alone. */
export const SCHEMA: Readonly<Record<string, string>> = {
  events: `create table events (
    seq integer primary key,
    id text not null unique,
    risk integer not null,
    advisory_timestamp integer not null,
    state text not null,
    code text,
    reason text,
    queued_at integer not null,
    changed_at integer not null,
    frame_bytes integer not null,
    frame blob,
    seal blob not null
  ) strict`,
  events_by_worth: `create index events_by_worth on events (state, risk desc, advisory_timestamp)`,
  outcomes: `create table outcomes (
    event_id text primary key,
    patch text not null,
    state text not null,
    code text,
    reason text,
    recorded_at integer not null,
    seal blob not null
  ) strict, without rowid`,
  acknowledgments: `create table acknowledgments (
    ticket_timestamp integer primary key,
    acknowledged_at integer not null,
    patch text not null,
    recorded_at integer not null,
    seal blob not null
  ) strict`,
  receipts: `create table receipts (
    seq integer primary key,
    event_id text not null unique,
    risk text not null,
    reason text not null,
    at integer not null,
    told integer not null
  ) strict`,
  corrupt: `create table corrupt (
    seq integer primary key,
    source text not null,
    key text not null,
    columns text not null,
    frame blob,
    found_at integer not null
  ) strict`,
  folder_files: `create table folder_files (
    name text primary key,
    mtime_ns text not null,
    size integer not null,
    code text not null,
    reason text not null,
    looked_at integer not null
  ) strict, without rowid`,
};

/** Raised with every change of SCHEMA; an older file is then brought forward, a newer one refused. */
export const SCHEMA_VERSION = 1;
