#!/bin/sh
# Makes the standby the primary, for all hubs: promote.sh --old db1 --standby db2 --hubs "h1 h2" [--fenced] [--nothing-lost]
#
#   --fenced        the old primary cannot be reached, and it is off: you have seen to it
#   --nothing-lost  commits waited for the standby to the end (sync on), or the old primary was stopped cleanly while
#                   the standby followed. Without it the epoch is raised, and rigs offer again what may be missing.
#
# From any machine that reaches the others: ON MACHINE COMMAND… runs there as root (ssh). LIB is where these scripts lie
# on every machine; ADDRESSES says "db1=10.88.0.11 db2=10.88.0.12".
set -eu

main() {
  old= standby= hubs= fenced=no lost=maybe
  while [ $# -gt 0 ]; do
    case $1 in
      --old) old=$2; shift ;;
      --standby) standby=$2; shift ;;
      --hubs) hubs=$2; shift ;;
      --fenced) fenced=yes ;;
      --nothing-lost) lost=nothing ;;
      *) echo "promote.sh knows no $1" >&2; exit 2 ;;
    esac
    shift
  done
  : "${ON:=ssh}" "${LIB:=/usr/local/lib/fleet-scale}" "${ADDRESSES:?}"
  if [ -z "$old" ] || [ -z "$standby" ] || [ -z "$hubs" ]; then
    echo 'promote.sh --old db1 --standby db2 --hubs "h1 h2"' >&2
    exit 2
  fi
  fence
  $ON "$standby" "$LIB/database.sh" promote
  echo "$standby is the primary"
  point
  [ "$lost" = nothing ] || offer_again
}

# Two primaries are worse than none: events would be acknowledged by the one that is thrown away.
fence() {
  if [ "$fenced" = yes ]; then return; fi
  $ON "$old" "$LIB/database.sh" stop || {
    echo "$old does not say that it has stopped: switch it off, then again with --fenced" >&2
    exit 1
  }
  echo "$old is stopped"
}

point() {
  failed=
  for hub in $hubs; do
    if $ON "$hub" "$LIB/point-pgbouncer.sh" "$(address_of "$standby")"; then echo "$hub asks $standby"; else failed="$failed $hub"; fi
  done
  # A hub whose machine is down is no reason to stop: it has no rigs, and it must not come back with the old address.
  [ -z "$failed" ] || echo "not told:$failed. Before they start again: point-pgbouncer.sh $(address_of "$standby")" >&2
}

address_of() {
  for pair in $ADDRESSES; do
    if [ "${pair%%=*}" = "$1" ]; then echo "${pair#*=}"; return; fi
  done
  echo "ADDRESSES does not name $1" >&2
  exit 1
}

offer_again() {
  for hub in $hubs; do
    if $ON "$hub" "$LIB/raise-epoch.sh" "$standby was promoted"; then return; fi
  done
  echo "no hub raised the epoch: fleet-hub epoch raise, when one runs" >&2
  exit 1
}

main "$@"
