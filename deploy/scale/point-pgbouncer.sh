#!/bin/sh
# Leads this hub's pgbouncer to another primary: point-pgbouncer.sh ADDRESS. As root on the hub's machine.
# Settings in /etc/fleet-scale.env (or the file that FLEET_SCALE_ENV names): PGBOUNCER, the folder of its files
# (/etc/pgbouncer), PGBOUNCER_SOCKETS (/run/pgbouncer), PGPORT, and PGBIN.
set -eu

main() {
  env=${FLEET_SCALE_ENV:-/etc/fleet-scale.env}
  [ ! -e "$env" ] || . "$env"
  folder=${PGBOUNCER:-/etc/pgbouncer} sockets=${PGBOUNCER_SOCKETS:-/run/pgbouncer}
  address=${1:?"point-pgbouncer.sh ADDRESS"}
  echo "fleet = host=$address port=${PGPORT:-5432} dbname=fleet" > "$folder/primary.ini.new"
  mv "$folder/primary.ini.new" "$folder/primary.ini"
  [ "${2:-}" != --only-write ] || exit 0
  console reload
  # What is under way was sent to a primary that is fenced: no answer will come, and nobody should wait for it.
  console "kill fleet"
  console "resume fleet"
}

# pgbouncer's own user needs no password at its socket.
console() {
  runuser -u "${USER_OF_POSTGRES:-postgres}" -- \
    psql -X -q -h "$sockets" -p 6432 -U pgbouncer -d pgbouncer -c "$1" > /dev/null
}

main "$@"
