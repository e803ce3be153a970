#!/bin/sh
# Runs the blocks of one document on a machine of its own: namespaces for processes, network and mounts, with copies
# of /etc, /var, /root and /tmp that vanish. Called inside unshare; arguments: the checkout, a folder with blocks 1.sh,
# 2.sh, …, and "bare" or "installed". systemctl and journalctl are stand-ins that start, stop and show the real processes: real
# units are run by npm run test:systemd.
set -eu
checkout=$1 folder=$2 state=$3
bun=$checkout/node_modules/.bin/bun

mount --make-rprivate /
# The blocks' folder stays the real one, also where /tmp is a copy: what comes of them is read from outside.
mount --bind "$folder" /mnt
folder=/mnt
stage=$folder/stage
mkdir -p "$stage"
mount -t tmpfs tmpfs "$stage"
for place in etc var root tmp; do
  mkdir -p "$stage/$place" "$stage/$place.work"
  mount -t overlay overlay -o "lowerdir=/$place,upperdir=$stage/$place,workdir=$stage/$place.work" "/$place"
done
mount -t tmpfs tmpfs /run
ip link set lo up

bin=$stage/bin
mkdir -p "$bin" /etc/fleet-hub /etc/fleet-spoke /etc/credstore /var/lib/fleet-hub /var/lib/fleet-spoke /var/log/fleet
program() { # program NAME: its body comes by standard input
  { echo '#!/bin/sh'; cat; } > "$bin/$1"
  chmod +x "$bin/$1"
}
program fleet-hub << END
exec "$bun" --tsconfig-override="$checkout/tsconfig.json" "$checkout/src/main.ts" "\$@"
END
program fleet-spoke << END
exec "$bun" --tsconfig-override="$checkout/tsconfig.json" "$checkout/spoke/main.ts" "\$@"
END
program sudo << 'END'
while [ "${1#-}" != "$1" ]; do [ "$1" != -u ] || shift; shift; done
exec "$@"
END
program journalctl << 'END'
for word in "$@"; do case $word in fleet-*) unit=${word%.service} ;; esac done
tail -n 50 "/var/log/fleet/$unit.log"
END
program systemctl << 'END'
set -eu
verb=$1
shift
for word in "$@"; do case $word in fleet-*) unit=${word%.service} ;; esac done
pid=/var/log/fleet/$unit.pid
running() { [ -e "$pid" ] && kill -0 "$(cat "$pid")" 2> /dev/null; }
halt() {
  running || return 0
  kill "$(cat "$pid")"
  for _ in $(seq 300); do running || return 0; sleep 0.1; done
  return 1
}
credential() { [ ! -e "/etc/credstore/$1" ] || cat "/etc/credstore/$1"; }
launch() {
  running && return 0
  case $unit in
    fleet-hub) configuration=/etc/fleet-hub/hub.env words="fleet-hub serve" probe=http://127.0.0.1:8080/api/fleet/health ;;
    fleet-spoke) configuration=/etc/fleet-spoke/spoke.env words="fleet-spoke run" probe=http://127.0.0.1:8790/api/v1/status ;;
  esac
  (
    export FLEET_DATA_DIR="/var/lib/$unit"
    [ "$unit" != fleet-hub ] || [ ! -e /etc/credstore/fleet-hub.admin_key ] ||
      export FLEET_ADMIN_KEY="$(credential fleet-hub.admin_key)"
    set -a
    [ ! -e "$configuration" ] || . "$configuration"
    set +a
    exec $words
  ) >> "/var/log/fleet/$unit.log" 2>&1 < /dev/null &
  echo $! > "$pid"
  for _ in $(seq 300); do
    curl -s -o /dev/null "$probe" && return 0
    running || return 1
    sleep 0.1
  done
  return 1
}
case $verb in
  start) launch ;;
  stop) halt ;;
  restart) halt; launch ;;
  enable) [ "${1:-}" != --now ] || launch ;;
  disable) [ "${1:-}" != --now ] || halt ;;
  is-active) if running; then echo active; else echo inactive; exit 3; fi ;;
  status) if running; then echo "$unit is running"; else echo "$unit is not running"; exit 3; fi ;;
  daemon-reload) ;;
  *) echo "this stand-in knows no $verb" >&2; exit 64 ;;
esac
END

export PATH="$bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME=/root HUB=http://127.0.0.1:8080 SPOKE=http://127.0.0.1:8790
cd /root

if [ "$state" = installed ]; then
  KEY=the-admin-key-of-this-machine
  export KEY
  echo "$KEY" > /etc/credstore/fleet-hub.admin_key
  printf 'Authorization: Bearer %s\n' "$KEY" > /root/.fleet-admin
  chmod 600 /etc/credstore/fleet-hub.admin_key /root/.fleet-admin
  systemctl start fleet-hub
  RIG_KEY=$(curl -sSf -H @/root/.fleet-admin -H 'Content-Type: application/json' \
    -d '{"rig_id":"RIG-7","well_id":"WOLFCAMP 24H","field":"Permian Basin"}' "$HUB/api/fleet/rigs/register" |
    sed 's/.*"api_key":"\([^"]*\)".*/\1/')
  export RIG_KEY
  printf '[fleet]\nhub_url = "%s"\nrig_id = "RIG-7"\napi_key = "%s"\n' "$HUB" "$RIG_KEY" > /etc/fleet-spoke/fleet.toml
  chmod 600 /etc/fleet-spoke/fleet.toml
  systemctl start fleet-spoke
fi

# A block sees what the one before it exported, as in one shell, and a failing one does not stop the rest.
number=1
while [ -e "$folder/$number.sh" ]; do
  status=0
  (
    echo 'set -eu'
    [ ! -e "$stage/exported" ] || cat "$stage/exported"
    cat "$folder/$number.sh"
    echo "export -p > '$stage/exported'"
  ) > "$stage/block.sh"
  timeout 120 sh "$stage/block.sh" > "$folder/$number.out" 2>&1 < /dev/null || status=$?
  echo "$status" > "$folder/$number.status"
  number=$((number + 1))
done
