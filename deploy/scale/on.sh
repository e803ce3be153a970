#!/bin/sh
# The lab's ssh: on.sh MACHINE COMMAND… runs there as root. FLEET_SCALE_DIR names the lab.
set -eu
machine=$1
shift
. "${FLEET_SCALE_DIR:?}/lab.env"
[ ! -e "$FLEET_SCALE_DIR/$machine/env" ] || export FLEET_SCALE_ENV="$FLEET_SCALE_DIR/$machine/env"
exec ip netns exec "$NAME-$machine" "$@"
