#!/bin/sh
# Installs, updates or removes a hub on this machine. Everything is a function and the last line calls it, so that half
# a download does nothing. A second run changes nothing and says so.
set -eu

usage() {
  cat << 'END'
install-hub.sh [flags]: installs or updates fleet-hub as a service of this machine
  --executable FILE        the release (../dist/fleet-hub)
  --set NAME=VALUE         a setting for /etc/fleet-hub/hub.env, like FLEET_BIND_ADDRESS=10.88.0.1; may be repeated
  --admin-key-file FILE    the admin's key; without it one is made and shown once
  --database-url-file FILE PostgreSQL's URL; without it the database is embedded
  --allow NETWORKS         who may reach the service beside this machine and 10.88.0.0/16
  --no-backups             without the timers for backup and proof
  --uninstall              remove it and keep its data
  --uninstall --purge --confirm HOST   and delete its data
Secrets come by file, because every user of the machine can read a command line.
END
}

main() {
  name=fleet-hub
  base=/usr/lib/$name
  here=$(cd "$(dirname "$0")" && pwd)
  [ -f "$here/install-common.sh" ] || { echo "$name: install-common.sh is not beside $0" >&2; exit 1; }
  . "$here/install-common.sh"
  executable=$here/../dist/$name
  units="fleet-hub.service fleet-hub@.service fleet-hub-backup.service fleet-hub-backup.timer fleet-hub-drill.service fleet-hub-drill.timer fleet-hub-rollback.service"
  enabled="fleet-hub.service fleet-hub-backup.timer fleet-hub-drill.timer"
  kept="/var/lib/fleet-hub /var/lib/fleet-hub-backup /etc/fleet-hub /etc/credstore/fleet-hub.admin_key /etc/credstore/fleet-hub.viewer_key /etc/credstore/fleet-hub.database_url"
  changed=0 allow='' deed=install purge=no confirm=''
  settings='' admin_key_file='' database_url_file='' newline='
'
  while [ $# -gt 0 ]; do
    case $1 in
      --executable) executable=$2; shift ;;
      --set) settings=$settings$(setting "$2")$newline; shift ;;
      --admin-key-file) admin_key_file=$2; shift ;;
      --database-url-file) database_url_file=$2; shift ;;
      --allow) allow=$2; shift ;;
      --no-backups) enabled=fleet-hub.service ;;
      --uninstall) deed=uninstall ;;
      --purge) purge=yes ;;
      --confirm) confirm=$2; shift ;;
      --help | -h) usage; exit 0 ;;
      *) die "unknown flag $1" "$0 --help" 2 ;;
    esac
    shift
  done
  check_machine
  if [ "$deed" = uninstall ]; then uninstall; exit 0; fi
  install_release
  install_units
  folder /etc/fleet-hub 755
  folder /etc/credstore 700
  settings_file
  secret "$database_url_file" database_url
  admin_key
  allow_networks
  run_check || die "the settings are wrong" "mend /etc/fleet-hub/hub.env and run this again"
  start_service
  doctor
  next_steps
}

# A line of an environment file. systemd takes what stands in single quotes as it is.
setting() {
  case $1 in
    *"'"* | *"$newline"*) die "a setting cannot hold quotes or line ends: ${1%%=*}" "secrets come by file" 2 ;;
    FLEET_ADMIN_KEY=* | FLEET_VIEWER_KEY=* | FLEET_DATABASE_URL=* | DATABASE_URL=*)
      die "${1%%=*} is a secret" "give it by file, see --help" 2 ;;
    [A-Z]*=*) ;;
    *) die "--set wants NAME=VALUE, not $1" "--set FLEET_PORT=8080" 2 ;;
  esac
  printf "%s='%s'" "${1%%=*}" "${1#*=}"
}

# What is there stays, but for what is set anew.
settings_file() {
  file=/etc/fleet-hub/hub.env
  [ -n "$settings" ] || [ ! -e "$file" ] || return 0
  {
    if [ -e "$file" ]; then
      while IFS= read -r line || [ -n "$line" ]; do
        case $newline$settings in *"$newline${line%%=*}="*) ;; *) printf '%s\n' "$line" ;; esac
      done < "$file"
    else
      echo "# Settings of fleet-hub, one NAME=VALUE a line; see fleet-hub help serve. No secrets: those are in /etc/credstore."
    fi
    printf '%s' "$settings"
  } | place "$file" 644
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

# As the service will see it: the same settings, without what this shell happens to have.
run_check() {
  env -i sh -c 'set -a; . /etc/fleet-hub/hub.env; exec "$0" check --data-dir /var/lib/fleet-hub' "$base/current/$name"
}

doctor() {
  "$base/current/$name" help doctor > /dev/null 2>&1 || return 0
  systemd-run --quiet --pipe --wait --collect -p User=fleet-hub -p EnvironmentFile=-/etc/fleet-hub/hub.env \
    -p Environment=FLEET_DATA_DIR=/var/lib/fleet-hub -p LoadCredential=admin_key:fleet-hub.admin_key \
    -p LoadCredential=database_url:fleet-hub.database_url "$base/current/$name" doctor || say "doctor found something: see above"
}

next_steps() {
  cat << 'END'
Next:
  curl -sS http://127.0.0.1:8080/readyz                      whether it serves
  journalctl -u fleet-hub -f                                 what it does
  sudo fleet-hub rig --help                                  how rigs are enrolled
END
}

main "$@"
