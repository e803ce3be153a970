#!/bin/sh
# Installs, updates or removes a rig's end on this machine. Everything is a function and the last line calls it, so that
# half a download does nothing. A second run changes nothing and says so.
set -eu

usage() {
  cat << 'END'
install-spoke.sh [flags]: installs or updates fleet-spoke as a service of this rig
  --executable FILE   the release (../dist/fleet-spoke)
  --config FILE       settings for /etc/fleet-spoke/fleet.toml; without it, enrol this rig afterwards
  --queue-dir DIR     the folder in which SAIREN-OS leaves its events: the service may take files out of it then
  --allow NETWORKS    who may be reached beside this machine and 10.88.0.0/16: a hub without a tunnel
  --uninstall         remove it and keep its queue and library
  --uninstall --purge --confirm HOST   and delete them
END
}

main() {
  name=fleet-spoke
  base=/usr/lib/$name
  here=$(cd "$(dirname "$0")" && pwd)
  [ -f "$here/install-common.sh" ] || { echo "$name: install-common.sh is not beside $0" >&2; exit 1; }
  . "$here/install-common.sh"
  executable=$here/../dist/$name
  units="fleet-spoke.service fleet-spoke-rollback.service fleet-spoke-upgrade.service fleet-spoke-upgrade.timer"
  enabled="fleet-spoke.service"
  kept="/var/lib/fleet-spoke /var/lib/fleet-spoke-upgrade /etc/fleet-spoke"
  changed=0 allow='' deed=install purge=no confirm=''
  config='' queue_dir=''
  while [ $# -gt 0 ]; do
    case $1 in
      --executable) executable=$2; shift ;;
      --config) config=$2; shift ;;
      --queue-dir) queue_dir=$2; shift ;;
      --allow) allow=$2; shift ;;
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
  folder /etc/fleet-spoke 755
  if [ -n "$config" ]; then
    [ -r "$config" ] || die "there is no $config" "name a file that can be read" 2
    place /etc/fleet-spoke/fleet.toml 600 < "$config"
  fi
  allow_networks
  allow_folder
  if [ ! -e /etc/fleet-spoke/fleet.toml ]; then
    systemctl daemon-reload
    say "installed; next: fleet-spoke enroll --help, then systemctl enable --now fleet-spoke"
    exit 0
  fi
  "$base/current/$name" check --config /etc/fleet-spoke/fleet.toml > /dev/null ||
    die "the settings are wrong" "mend /etc/fleet-spoke/fleet.toml and run this again"
  start_service
}

# The unit sees nothing but its own folder; and a file can be taken away only by who may write into its folder.
allow_folder() {
  [ -n "$queue_dir" ] || return 0
  [ -d "$queue_dir" ] || die "there is no folder $queue_dir" "name the one in which SAIREN-OS leaves its events" 2
  case $queue_dir in /*) ;; *) die "$queue_dir is no whole path" "begin it with /" 2 ;; esac
  case $queue_dir in *[!A-Za-z0-9/._-]*) die "a unit cannot name $queue_dir" "take a path of letters, digits, . _ and -" 2 ;; esac
  if [ "$(stat -c %G "$queue_dir")" = root ]; then
    chgrp fleet-spoke "$queue_dir"
    say "gave $queue_dir to the group fleet-spoke"
  fi
  case $(stat -c %A "$queue_dir") in
    ????rwx* | ????rws*) ;;
    *) chmod g+rwx "$queue_dir" && say "let the group $(stat -c %G "$queue_dir") write into $queue_dir" ;;
  esac
  folder /etc/systemd/system/fleet-spoke.service.d 755
  printf '[Service]\nReadWritePaths=%s\nSupplementaryGroups=%s\n' "$queue_dir" "$(stat -c %G "$queue_dir")" |
    place /etc/systemd/system/fleet-spoke.service.d/queue.conf 644
}

main "$@"
