#!/bin/sh
# Installs, updates or removes a hub on this machine. Everything is a function and the last line calls it, so that half
# a download does nothing. A second run changes nothing and says so.
set -eu

usage() {
  cat << 'END'
install-hub.sh [flags]: installs or updates fleet-hub as a service of this machine
  --executable FILE        the release (../dist/fleet-hub)
  --set NAME=VALUE         a setting for /etc/fleet-hub/hub.env, like FLEET_PORT=8081; may be repeated
  --admin-key-file FILE    the admin's key; without it one is made and shown once
  --database KIND          local: a role and a database on this machine's PostgreSQL; embedded: inside the hub. Without it:
                           what is there already, else local where a server answers, else embedded
  --database-url-file FILE the URL of another PostgreSQL
  --tunnel HOST:PORT       be the rigs' way in by WireGuard, reached from outside at this name; the firewall's table too
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
  for part in install-common.sh install-hub-parts.sh; do
    [ -f "$here/$part" ] || { echo "$name: $part is not beside $0" >&2; exit 1; }
    . "$here/$part"
  done
  executable=$here/../dist/$name
  units="fleet-hub.service fleet-hub@.service fleet-hub-backup.service fleet-hub-backup.timer fleet-hub-drill.service fleet-hub-drill.timer fleet-hub-rollback.service fleet-hub-wg.service fleet-hub-wg.path fleet-hub-wg.timer"
  enabled="fleet-hub.service fleet-hub-backup.timer fleet-hub-drill.timer"
  kept="/var/lib/fleet-hub /var/lib/fleet-hub-backup /etc/fleet-hub /etc/credstore/fleet-hub.admin_key /etc/credstore/fleet-hub.viewer_key /etc/credstore/fleet-hub.database_url"
  changed=0 allow='' deed=install purge=no confirm=''
  settings='' admin_key_file='' database='' database_url_file='' tunnel='' newline='
'
  while [ $# -gt 0 ]; do
    case $1 in
      --executable) executable=$2; shift ;;
      --set) settings=$settings$(setting "$2")$newline; shift ;;
      --admin-key-file) admin_key_file=$2; shift ;;
      --database) database=$2; shift ;;
      --database-url-file) database_url_file=$2; shift ;;
      --tunnel) tunnel=$2; shift ;;
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
  case $database in '' | local | embedded) ;; *) die "--database is local or embedded, not $database" "$0 --help" 2 ;; esac
  check_machine
  if [ "$deed" = uninstall ]; then
    uninstall
    close_tunnel
    database_stays
    exit 0
  fi
  install_release
  install_units
  folder /etc/fleet-hub 755
  folder /etc/credstore 700
  settings_file
  choose_database
  admin_key
  allow_networks
  as_hub check || die "the settings are wrong" "mend /etc/fleet-hub/hub.env and run this again"
  open_tunnel
  start_service
  as_hub doctor || say "doctor found something: see above"
  next_steps
}

main "$@"
