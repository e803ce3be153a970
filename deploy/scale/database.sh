#!/bin/sh
# One PostgreSQL machine of two, as root on that machine. See docs/runbooks/failover.md.
#   database.sh init                 a new, empty primary
#   database.sh standby PRIMARY      a standby of PRIMARY (an address), from a new copy
#   database.sh rejoin PRIMARY       the same for a former primary: only what differs is copied
#   database.sh promote              the standby becomes the primary
#   database.sh sync on|off          whether a commit waits for the standby's disk
#   database.sh start|stop|status
# Settings in /etc/fleet-scale.env (or the file that FLEET_SCALE_ENV names):
#   PGBIN PGDATA                     /usr/lib/postgresql/15/bin, /var/lib/postgresql/15/main
#   SLOT ADDRESS                     this machine's name and address for the other one
#   REPLICATION_PASSFILE             of the role replicator, host:port:database:role:password, for postgres alone
#   NETWORK FLEET_PASSWORD_FILE      for init: who may connect, and the password of the role fleet
#   SOCKETS PGPORT START STOP        /run/postgresql, 5432; commands where systemd has the cluster
set -eu

main() {
  . "${FLEET_SCALE_ENV:-/etc/fleet-scale.env}"
  : "${SOCKETS:=/run/postgresql}" "${PGPORT:=5432}" "${USER_OF_POSTGRES:=postgres}"
  cd /
  verb=${1:-}
  [ $# -eq 0 ] || shift
  case $verb in
    init) make_primary ;;
    standby) make_standby "$1" ;;
    rejoin) rejoin "$1" ;;
    promote) promote ;;
    sync) synchronous "$1" ;;
    start) start ;;
    stop) stop ;;
    status) status ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
  esac
}

as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u "$USER_OF_POSTGRES" -- "$@"; else "$@"; fi
}

ask() { # ask SQL: of this machine's server
  as_postgres "$PGBIN/psql" -X -q -t -A -v ON_ERROR_STOP=1 -h "$SOCKETS" -p "$PGPORT" -d postgres -c "$1"
}

ask_primary() { # ask_primary ADDRESS SQL
  as_postgres env PGPASSFILE="$REPLICATION_PASSFILE" \
    "$PGBIN/psql" -X -q -t -A -v ON_ERROR_STOP=1 -d "$(source_of "$1") dbname=postgres" -c "$2"
}

source_of() { # source_of ADDRESS
  echo "host=$1 port=$PGPORT user=replicator application_name=$SLOT connect_timeout=5 passfile=$REPLICATION_PASSFILE"
}

start() {
  if [ -n "${START:-}" ]; then $START; return; fi
  as_postgres "$PGBIN/pg_ctl" -D "$PGDATA" -w -t 60 -s -l "$PGDATA/../log" \
    -o "-c listen_addresses=$ADDRESS -c unix_socket_directories=$SOCKETS -c port=$PGPORT" start
}

stop() {
  if [ -n "${STOP:-}" ]; then $STOP; return; fi
  as_postgres "$PGBIN/pg_ctl" -D "$PGDATA" -m fast -s stop 2>/dev/null || ! as_postgres "$PGBIN/pg_ctl" -D "$PGDATA" status >/dev/null
}

status() {
  ask "select case when pg_is_in_recovery() then 'standby' else 'primary' end
    || coalesce((select ', ' || application_name || ' ' || state || ' ' || sync_state from pg_stat_replication limit 1), '')"
}

make_primary() {
  as_postgres "$PGBIN/initdb" -D "$PGDATA" --auth=peer --encoding=UTF8 --locale=C.UTF-8 > /dev/null
  here=$(dirname "$0")
  cat "$here/postgresql.conf" >> "$PGDATA/postgresql.conf"
  for who in "fleet fleet" "postgres replicator" "replication replicator"; do
    echo "host $who $NETWORK scram-sha-256" >> "$PGDATA/pg_hba.conf"
  done
  start
  # Passwords go by files and standard input: a command line can be read by everybody on the machine.
  replication_password=$(cut -d: -f5 "$REPLICATION_PASSFILE" | head -n 1)
  as_postgres "$PGBIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$SOCKETS" -p "$PGPORT" -d postgres << END
set log_statement = none;
create role fleet login password '$(cat "$FLEET_PASSWORD_FILE")';
alter role fleet set statement_timeout = '30s';
alter role fleet set idle_in_transaction_session_timeout = '60s';
grant pg_monitor to fleet;
create database fleet owner fleet;
create role replicator login replication password '$replication_password';
grant pg_checkpoint to replicator;
grant execute on function pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean), pg_read_binary_file(text),
  pg_read_binary_file(text, bigint, bigint, boolean) to replicator;
END
}

make_standby() {
  [ ! -e "$PGDATA/PG_VERSION" ] || { echo "$PGDATA holds a cluster: move it away first, or rejoin" >&2; exit 1; }
  # The slot is made with the copy, so that nothing is missed between the two; a former standby's is taken again.
  if [ -n "$(ask_primary "$1" "select 1 from pg_replication_slots where slot_name = '$SLOT'")" ]; then create=; else create=-C; fi
  # shellcheck disable=SC2086 # nothing, or the one flag
  as_postgres "$PGBIN/pg_basebackup" -d "$(source_of "$1")" -D "$PGDATA" -R $create -S "$SLOT" -X stream -c fast
  start
}

rejoin() {
  stop
  slot="select 1 from pg_replication_slots where slot_name = '$SLOT'"
  [ -n "$(ask_primary "$1" "$slot")" ] || ask_primary "$1" "select pg_create_physical_replication_slot('$SLOT', true)" > /dev/null
  # Until its first checkpoint a new primary looks to pg_rewind like the old one, and nothing would be rewound.
  ask_primary "$1" checkpoint
  if ! as_postgres "$PGBIN/pg_rewind" -D "$PGDATA" --source-server="$(source_of "$1") dbname=postgres" -R > "$PGDATA/../rewind.log" 2>&1; then
    tail -n 3 "$PGDATA/../rewind.log" >&2
    echo "it cannot be rewound: move $PGDATA away, then database.sh standby $1" >&2
    exit 1
  fi
  echo "primary_slot_name = '$SLOT'" >> "$PGDATA/postgresql.auto.conf"
  start
}

promote() {
  # Without a standby of its own, a new primary that waited for one would never commit.
  ask "alter system set synchronous_standby_names = ''"
  ask "select pg_reload_conf()" > /dev/null
  [ "$(ask "select pg_promote(true, 60)")" = t ] || { echo "it was not promoted" >&2; exit 1; }
  [ "$(ask "select pg_is_in_recovery()")" = f ] || { echo "it is still a standby" >&2; exit 1; }
}

synchronous() {
  case $1 in on) names='*' ;; off) names= ;; *) echo "sync on, or sync off" >&2; exit 2 ;; esac
  ask "alter system set synchronous_standby_names = '$names'"
  ask "select pg_reload_conf()" > /dev/null
}

main "$@"
