#!/bin/sh
# All of it on one machine, each part in a network namespace of its own: balancer, hubs with a pgbouncer each, a primary
# and its standby. For trying and for tests: it is gone when it stops. As root.
#
#   run.sh [--hubs 2] [--curators 1] [--async] [--net 198.18.88]   until Ctrl-C
#   run.sh up …                                                    in the background
#   run.sh attached …                                              until its standard input ends, however that comes
#   run.sh stop                                                    ends what up began, and leaves nothing behind
#   run.sh hub NAME | status | tools                               starts a hub that was ended; who is what; what is missing
#
# FLEET_SCALE_DIR (/tmp/fleet-scale) holds it, FLEET_HUB_COMMAND is the hub's executable (this checkout's sources).
# --async: an answer to a rig does not wait for the standby's disk.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
FLEET_SCALE_DIR=${FLEET_SCALE_DIR:-/tmp/fleet-scale}
export FLEET_SCALE_DIR
dir=$FLEET_SCALE_DIR
PATH=$PATH:/usr/sbin:/sbin

main() {
  verb=foreground
  case ${1:-} in up | attached | stop | hub | status | tools) verb=$1; shift ;; esac
  case $verb in
    tools) tools ;;
    stop) stop ;;
    hub) load; start_hub "$1" ;;
    status) load; for db in db1 db2; do echo "$db: $(on $db "$here/database.sh" status 2>/dev/null || echo away)"; done ;;
    *) up "$@" ;;
  esac
}

load() {
  [ -e "$dir/lab.env" ] || { echo "nothing runs in $dir" >&2; exit 1; }
  . "$dir/lab.env"
}

on() { "$here/on.sh" "$@"; }

# --- what it needs -------------------------------------------------------------------------------------------------

tools() {
  [ "$(id -u)" -eq 0 ] || missing "network namespaces need root"
  packages=
  for pair in haproxy:haproxy pgbouncer:pgbouncer ip:iproute2 runuser:util-linux; do
    command -v "${pair%:*}" > /dev/null || packages="$packages ${pair#*:}"
  done
  ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || packages="$packages postgresql"
  # shellcheck disable=SC2086 # several packages
  [ -z "$packages" ] || install_packages $packages
  ip netns add fleet-probe 2> /dev/null || missing "this machine lends no network namespaces"
  ip netns delete fleet-probe
}

install_packages() {
  command -v apt-get > /dev/null || missing "$* not here, and no apt-get to install it"
  # Installed for the lab: their own services must not start.
  policy=
  [ -e /usr/sbin/policy-rc.d ] || { policy=/usr/sbin/policy-rc.d; printf '#!/bin/sh\nexit 101\n' > $policy; chmod +x $policy; }
  apt-get update -qq > /dev/null && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" > /dev/null 2>&1 || { rm -f $policy; missing "$* cannot be installed"; }
  rm -f $policy
}

missing() { echo "SKIPPED: $1" >&2; exit 77; }

# --- up ------------------------------------------------------------------------------------------------------------

up() {
  hubs=2 curators=1 sync=on net=198.18.88 NAME=fleet
  while [ $# -gt 0 ]; do
    case $1 in
      --hubs) hubs=$2; shift ;;
      --curators) curators=$2; shift ;;
      --net) net=$2; shift ;;
      --name) NAME=$2; shift ;;
      --async) sync=off ;;
      *) echo "run.sh knows no $1" >&2; exit 2 ;;
    esac
    shift
  done
  case $hubs in [1-4]) ;; *) echo "--hubs 1 to 4" >&2; exit 2 ;; esac
  tools
  [ ! -e "$dir/lab.env" ] || { echo "$dir is in use: run.sh stop" >&2; exit 1; }
  mkdir -p "$dir"
  chmod 755 "$dir"
  names=$(seq -f 'h%.0f' "$hubs" | tr '\n' ' ')
  { echo "NAME=$NAME" "NET=$net" "CURATORS=$curators"; echo "HUBS='$names'"; } > "$dir/lab.env"
  load
  trap 'stop; exit 1' INT TERM HUP
  trap 'status=$?; [ $status -eq 0 ] || stop' EXIT
  network
  secrets
  databases "$sync"
  for hub in $HUBS; do pooler "$hub"; start_hub "$hub"; done
  balancer
  told
  case $verb in
    up) trap - EXIT; return ;;
    attached) echo up; cat > /dev/null; stop; return ;;
  esac
  echo "Ctrl-C ends it"
  while :; do sleep 3600 & wait $!; done
}

network() {
  ip netns add "$NAME-sw"
  ip -n "$NAME-sw" link add br0 type bridge
  ip -n "$NAME-sw" link set br0 up
  attach lb 2
  attach db1 11
  attach db2 12
  for hub in $HUBS; do attach "$hub" $((20 + ${hub#h})); done
  # This machine has a place at the switch too: rigs and browsers come from here.
  ip link add "$NAME-rigs" type veth peer name rigs netns "$NAME-sw"
  ip -n "$NAME-sw" link set rigs master br0 up
  ip address add "$NET.1/24" dev "$NAME-rigs"
  ip link set "$NAME-rigs" up
}

attach() { # attach MACHINE LAST: a machine at the switch
  ip netns add "$NAME-$1"
  ip link add eth0 netns "$NAME-$1" type veth peer name "$1" netns "$NAME-sw"
  ip -n "$NAME-sw" link set "$1" master br0 up
  ip -n "$NAME-$1" link set lo up
  ip -n "$NAME-$1" address add "$NET.$2/24" dev eth0
  ip -n "$NAME-$1" link set eth0 up
  mkdir -p "$dir/$1"
}

secrets() {
  umask 077
  random > "$dir/admin_key"
  random > "$dir/fleet_password"
  echo "*:*:*:replicator:$(random)" > "$dir/replication.pass"
  umask 022
  chown postgres "$dir/replication.pass"
}

random() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

databases() {
  pgbin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
  for db in db1 db2; do
    last=1${db#db}
    {
      echo "PGBIN=$pgbin PGDATA=$dir/$db/data SOCKETS=$dir/$db SLOT=$db ADDRESS=$NET.$last NETWORK=$NET.0/24"
      echo "REPLICATION_PASSFILE=$dir/replication.pass FLEET_PASSWORD_FILE=$dir/fleet_password"
    } > "$dir/$db/env"
    chown postgres "$dir/$db"
  done
  on db1 "$here/database.sh" init
  on db2 "$here/database.sh" standby "$NET.11"
  [ "$1" = off ] || on db1 "$here/database.sh" sync on
}

# --- a hub's machine -----------------------------------------------------------------------------------------------

pooler() {
  own=$dir/$1/pgbouncer
  mkdir -p "$own"
  {
    echo "PGBOUNCER=$own PGBOUNCER_SOCKETS=$own FLEET_HUB=$dir/$1/fleet-hub"
  } > "$dir/$1/env"
  sed -e "s|/etc/pgbouncer|$own|; s|/run/pgbouncer|$own|; s|/var/log/pgbouncer|$own|" "$here/pgbouncer.ini" > "$own/pgbouncer.ini"
  (umask 077; printf '"fleet" "%s"\n' "$(cat "$dir/fleet_password")" > "$own/userlist.txt")
  on "$1" "$here/point-pgbouncer.sh" "$NET.11" --only-write
  chown -R postgres "$own"
  background "$1" pgbouncer runuser -u postgres -- pgbouncer -q "$own/pgbouncer.ini"
  credentials "$1"
}

# As the service manager hands them over, so that neither argv nor the environment shows them.
credentials() {
  mkdir -m 700 "$dir/$1/credentials"
  cp "$dir/admin_key" "$dir/$1/credentials/admin_key"
  (umask 077; echo "postgres://fleet:$(cat "$dir/fleet_password")@127.0.0.1:6432/fleet" > "$dir/$1/credentials/database_url")
  number=${1#h}
  if [ "$number" -le "$CURATORS" ]; then curates=true; else curates=false; fi
  {
    echo '#!/bin/sh'
    echo "cd '$root'"
    echo "export CREDENTIALS_DIRECTORY='$dir/$1/credentials' FLEET_DATA_DIR='$dir/$1/data' FLEET_DATABASE_PREPARE=false"
    echo "export FLEET_BIND_ADDRESS='$NET.$((20 + number)):8080' FLEET_CURATION=$curates FLEET_BALANCERS='$NET.2'"
    echo "exec ${FLEET_HUB_COMMAND:-'$root/node_modules/.bin/bun' '$root/src/main.ts'} \"\$@\""
  } > "$dir/$1/fleet-hub"
  chmod +x "$dir/$1/fleet-hub"
}

start_hub() {
  background "$1" hub "$dir/$1/fleet-hub" serve
  tries=0
  until grep -q 'is ready at' "$dir/$1/hub.out" 2> /dev/null; do
    kill -0 "$(cat "$dir/$1/hub.pid")" 2> /dev/null && [ "$tries" -lt 300 ] || { tail -n 5 "$dir/$1/hub.out" >&2; echo "hub $1 did not start" >&2; exit 1; }
    tries=$((tries + 1))
    sleep 0.1
  done
}

balancer() {
  for hub in $HUBS; do export "FLEET_H${hub#h}=$NET.$((20 + ${hub#h})):8080"; done
  export FLEET_BIND="$NET.2:8080" FLEET_FIGURES="$NET.2:8405"
  background lb haproxy haproxy -db -f "$here/haproxy.cfg"
  # 8080 in hexadecimal, and what the kernel calls listening.
  tries=0
  until on lb grep -q ':1F90 [0-9A-F:]* 0A ' /proc/net/tcp; do
    [ "$tries" -lt 300 ] || { cat "$dir/lb/haproxy.out" >&2; exit 1; }
    tries=$((tries + 1))
    sleep 0.1
  done
}

background() { # background MACHINE NAME COMMAND…: its output goes to a file, or the caller would wait for it
  machine=$1 program=$2
  shift 2
  "$here/on.sh" "$machine" setsid "$@" > "$dir/$machine/$program.out" 2>&1 < /dev/null &
  echo $! > "$dir/$machine/$program.pid"
}

told() {
  echo "fleet: http://$NET.2:8080 (admin's key: $dir/admin_key)"
  for hub in $HUBS; do echo "$hub: http://$NET.$((20 + ${hub#h})):8080"; done
  echo "balancer's figures: http://$NET.2:8405/metrics"
  echo "db1: $NET.11, db2: $NET.12; commands there: FLEET_SCALE_DIR=$dir $here/on.sh db1 $here/database.sh status"
}

# --- stop ----------------------------------------------------------------------------------------------------------

stop() {
  trap - EXIT INT TERM HUP
  # Its folder may be gone before it: then what this shell knows has to do.
  [ ! -e "$dir/lab.env" ] || . "$dir/lab.env"
  [ -n "${NAME:-}" ] || return 0
  for machine in lb ${HUBS:-} db1 db2 sw; do
    space=$NAME-$machine
    [ -e "/run/netns/$space" ] || continue
    # KILL: nothing in it is worth a goodbye. Twice, for what was being started.
    for _ in 1 2; do ip netns pids "$space" | while read -r pid; do kill -9 "$pid" 2> /dev/null || true; done; done
    ip netns delete "$space"
  done
  ip link delete "$NAME-rigs" 2> /dev/null || true
  rm -rf "$dir"
}

main "$@"
