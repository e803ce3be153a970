#!/bin/sh
# On a hub's machine, as root: raise-epoch.sh REASON. Rigs then offer again what this fleet's database may lack.
# The verb needs the hub's own settings and credentials, and gets them as the hub does; FLEET_HUB in /etc/fleet-scale.env
# (or the file that FLEET_SCALE_ENV names) is another way to run it.
set -eu
env=${FLEET_SCALE_ENV:-/etc/fleet-scale.env}
[ ! -e "$env" ] || . "$env"
: "${FLEET_HUB:=systemd-run --quiet --pipe --wait --collect -p User=fleet-hub -p EnvironmentFile=-/etc/fleet-hub/hub.env \
  -p Environment=FLEET_DATA_DIR=/var/lib/fleet-hub -p LoadCredential=database_url:fleet-hub.database_url fleet-hub}"
# shellcheck disable=SC2086 # a command with its words
exec $FLEET_HUB epoch raise --reason "$*"
