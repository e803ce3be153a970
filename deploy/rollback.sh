#!/bin/sh
# Puts the release back that served before an upgrade. Run by NAME-rollback.service once NAME.service has failed for
# good, so it relies on nothing of the release that failed. `upgrading` holds the name of the release to return to; an
# upgrade writes it before it restarts the service and removes it once the new release has proven itself.
set -eu

main() {
  name=$1
  base=/usr/lib/$name
  marker=$base/upgrading
  [ -f "$marker" ] || exit 0
  IFS= read -r version < "$marker" || [ -n "$version" ]
  case $version in '' | *[!A-Za-z0-9.+~_-]* | .*)
    echo "$marker names no release: put the old one back by hand, see ls $base/releases" >&2
    exit 1
    ;;
  esac
  if [ ! -x "$base/releases/$version/$name" ]; then
    echo "there is no $base/releases/$version/$name: put a release there and point $base/current at it" >&2
    exit 1
  fi
  for unit in "$base/releases/$version/systemd/"*.service "$base/releases/$version/systemd/"*.timer; do
    [ -f "$unit" ] || continue
    # Complete or not at all: a power cut must not leave half a unit.
    cp "$unit" "/etc/systemd/system/.${unit##*/}.new"
    mv -f "/etc/systemd/system/.${unit##*/}.new" "/etc/systemd/system/${unit##*/}"
  done
  ln -sfn "releases/$version" "$base/current.new"
  mv -fT "$base/current.new" "$base/current"
  mv -f "$marker" "$base/rolled-back"
  systemctl daemon-reload
  systemctl reset-failed "$name.service"
  systemctl --no-block start "$name.service"
  echo "<4>$name is back at $version: the newer release did not start, see journalctl -u $name"
}

main "$@"
