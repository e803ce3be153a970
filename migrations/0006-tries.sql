-- Tries of secrets by address, for all hubs together: a balancer must not multiply what one may try. The row without an
-- address is of all of them. Rows whose window is over go with the next try.
create table tries (
  what text not null,
  address text not null,
  count integer not null default 0,
  ends_at timestamptz not null,
  primary key (what, address)
);

-- Emptying the audit at one stroke is a change too.
create trigger admin_audit_never_emptied before truncate on admin_audit for each statement execute function refuse_change();
