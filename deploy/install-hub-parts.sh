# What install-hub.sh does besides what both installers share. It sets settings, database, database_url_file, tunnel,
# admin_key_file, enabled and newline.

# A line of an environment file that means the same to systemd and to a shell, whatever is in the value.
setting() {
  case $1 in
    *"$newline"*) die "a setting cannot hold line ends: ${1%%=*}" "write it as one line" 2 ;;
    FLEET_ADMIN_KEY=* | FLEET_VIEWER_KEY=* | FLEET_DATABASE_URL=* | DATABASE_URL=*)
      die "${1%%=*} is a secret" "give it by file, see --help" 2 ;;
    [A-Z]*=*) ;;
    *) die "--set wants NAME=VALUE, not $1" "--set FLEET_PORT=8080" 2 ;;
  esac
  rest=${1#*=} value=''
  while case $rest in *"'"*) true ;; *) false ;; esac; do
    value=$value${rest%%"'"*}"'\"'\"'"
    rest=${rest#*"'"}
  done
  printf "%s='%s'" "${1%%=*}" "$value$rest"
}

# What is there stays in its place, but for what is set anew.
settings_file() {
  file=/etc/fleet-hub/hub.env
  [ -n "$settings" ] || [ ! -e "$file" ] || return 0
  {
    left=$settings
    if [ -e "$file" ]; then
      while IFS= read -r line || [ -n "$line" ]; do
        case $newline$left in *"$newline${line%%=*}="*) set_anew "${line%%=*}" ;; *) printf '%s\n' "$line" ;; esac
      done < "$file"
    else
      echo "# Settings of fleet-hub, one NAME=VALUE a line; see fleet-hub help serve. No secrets: those are in /etc/credstore."
    fi
    printf '%s' "$left"
  } | place "$file" 644
}

# set_anew NAME: prints the last line of that name, and takes all of them from those that are left.
set_anew() {
  others='' last=''
  while [ -n "$left" ]; do
    first=${left%%"$newline"*}
    left=${left#*"$newline"}
    case $first in "$1="*) last=$first ;; *) others=$others$first$newline ;; esac
  done
  printf '%s\n' "$last"
  left=$others
}

# secret FILE NAME: only bytes move, so that any character may be in it.
secret() {
  [ -n "$1" ] || return 0
  [ -r "$1" ] || die "there is no $1" "name a file that can be read" 2
  place "/etc/credstore/fleet-hub.$2" 600 < "$1"
}

admin_key() {
  secret "$admin_key_file" admin_key
  [ ! -e /etc/credstore/fleet-hub.admin_key ] || return 0
  key=sk-admin-$(head -c 32 /dev/urandom | base64 | tr -d '=\n' | tr '+/' '-_')
  printf '%s\n' "$key" | place /etc/credstore/fleet-hub.admin_key 600
  echo
  echo "  The admin's key, shown this once: $key"
  echo
}

# What was decided once stays.
choose_database() {
  secret "$database_url_file" database_url
  [ -z "$database_url_file" ] || return 0
  known=/etc/credstore/fleet-hub.database_url
  case $database in
    local) peer_database ;;
    embedded)
      [ ! -e "$known" ] || die "$known names a PostgreSQL, which has the data" "take a backup, put that file aside, restore" ;;
    *)
      [ ! -e "$known" ] && [ ! -d /var/lib/fleet-hub/postgres ] || return 0
      if answers; then peer_database; else say "the database is embedded: no PostgreSQL answers on this machine"; fi ;;
  esac
}

as_postgres() { (cd / && runuser -u postgres -- psql -X -q -A -t -v ON_ERROR_STOP=1 -d postgres -c "$1"); }
answers() { command -v psql > /dev/null && as_postgres 'select 1' > /dev/null 2>&1; }

# The role is named like the service's user, so that there is no password to keep.
peer_database() {
  answers || die "no PostgreSQL answers on this machine" "apt-get install postgresql, or --database embedded"
  [ "$(as_postgres "select current_setting('server_version_num')::int >= 150000")" = t ] ||
    die "PostgreSQL 15 or newer is needed" "upgrade it, or --database embedded"
  if [ "$(as_postgres "select count(*) from pg_roles where rolname = 'fleet-hub'")" = 0 ]; then
    as_postgres 'create role "fleet-hub" login'
    changed=$((changed + 1))
    say "made PostgreSQL's role fleet-hub"
  fi
  if [ "$(as_postgres "select count(*) from pg_database where datname = 'fleet_hub'")" = 0 ]; then
    as_postgres "create database fleet_hub owner \"fleet-hub\" encoding 'UTF8' template template0"
    changed=$((changed + 1))
    say "made PostgreSQL's database fleet_hub"
  fi
  echo 'postgres://fleet-hub@localhost/fleet_hub?host=/run/postgresql' | place /etc/credstore/fleet-hub.database_url 600
}

database_stays() {
  answers && [ "$(as_postgres "select count(*) from pg_database where datname = 'fleet_hub'")" = 1 ] || return 0
  say "PostgreSQL keeps the database fleet_hub: sudo -u postgres dropdb fleet_hub deletes it for good"
}

# as_hub WORD…: a verb of the hub as the service would run it, with its settings and its secrets.
as_hub() {
  systemd-run --quiet --pipe --wait --collect -p User=fleet-hub -p UMask=0077 -p EnvironmentFile=-/etc/fleet-hub/hub.env \
    -p StateDirectory=fleet-hub -p StateDirectoryMode=0700 -p Environment=FLEET_DATA_DIR=/var/lib/fleet-hub \
    -p Environment=FLEET_WG_HANDSHAKES_FILE=/run/fleet-hub-wg/handshakes.json \
    -p LoadCredential=admin_key:fleet-hub.admin_key -p LoadCredential=database_url:fleet-hub.database_url \
    "$base/current/$name" "$@"
}

# The hub listens inside the tunnel from then on, unless its address was set: the gateway has that address as soon as the
# hub has told who may come in.
open_tunnel() {
  [ -n "$tunnel" ] || return 0
  need_programs wg:wireguard-tools nft:nftables ip:iproute2
  key=$("$base/current/$name" wg key)
  said=$(as_hub wg init --name "$(uname -n)" --endpoint "$tunnel" --public-key "$key") ||
    die "the tunnel was not begun" "see above"
  case $said in *" unchanged: "*) ;; *) changed=$((changed + 1)) ;; esac
  say "$said"
  address=${said#*": "}
  case $newline$(cat /etc/fleet-hub/hub.env) in
    *"${newline}FLEET_BIND_ADDRESS="*) ;;
    *)
      settings=$(setting "FLEET_BIND_ADDRESS=${address%%,*}")$newline
      settings_file ;;
  esac
  port=$(hub_port) outside=${tunnel##*:}
  [ "$port $outside" = "8080 51820" ] || echo "FLAGS=--hub-port $port --port $outside" | place /etc/fleet-hub/wg.env 644
  enabled="$enabled fleet-hub-wg.path fleet-hub-wg.timer"
}

close_tunnel() {
  [ -e /run/fleet-hub-wg ] || return 0
  for conf in /run/fleet-hub-wg/*.conf; do ip link delete "$(basename "$conf" .conf)" 2> /dev/null || true; done
  nft delete table inet fleet_hub_wg 2> /dev/null || true
  rm -rf /run/fleet-hub-wg
}

hub_address() { (. /etc/fleet-hub/hub.env && echo "${FLEET_BIND_ADDRESS:-127.0.0.1}"); }
hub_port() {
  case $(hub_address) in
    *[!:]:[0-9]*) address=$(hub_address) && echo "${address##*:}" ;;
    *) (. /etc/fleet-hub/hub.env && echo "${FLEET_PORT:-8080}") ;;
  esac
}

next_steps() {
  address=$(hub_address)
  case $address in *[!:]:[0-9]*) ;; *) address=$address:$(hub_port) ;; esac
  way="--no-tunnel --hub http://$address"
  [ ! -e /etc/fleet-hub/wireguard.key ] || way=''
  cat << END
Next:
  curl -sS http://$address/readyz     whether it serves; the dashboard is at the same address
  sudo fleet-hub rig enroll RIG-7 --well WELL --field FIELD --out rig-7.enroll $way
  journalctl -u fleet-hub -f                 what it does
END
}
