#!/bin/sh
# Called by Patroni: on-role-change.sh ACTION ROLE CLUSTER. The new leader leads every hub's pgbouncer to itself.
# ON, LIB, ADDRESS and HUBS as in promote.sh, from /etc/fleet-scale.env; postgres needs a key for ON that may do this alone.
set -eu
case ${2:-} in primary | master | promoted) ;; *) exit 0 ;; esac
. "${FLEET_SCALE_ENV:-/etc/fleet-scale.env}"
for hub in $HUBS; do
  ${ON:-ssh} "$hub" "${LIB:-/usr/local/lib/fleet-scale}/point-pgbouncer.sh" "$ADDRESS" || echo "$hub was not told of $ADDRESS" >&2
done
