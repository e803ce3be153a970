#!/bin/sh
# A day in the life of a hub and a rig, in which every secret is used in the way that it is meant for. The secrets lie as
# files in /root/secrets, one a file; no command line below holds one, so whatever shows one is ours. Arguments: the
# checkout and the runtime.
set -eu
checkout=$1 bun=$2
secrets=/root/secrets places=/root/places hub=http://127.0.0.1:8080
mkdir -p "$secrets" "$places" /srv/story
chmod 700 "$secrets" "$places" /srv/story
cd /srv/story
in_root() { (cd / && "$@"); }
secret() { head -c 24 /dev/urandom | base64 | tr '+/' '-_' > "$secrets/$1"; }
header() { printf 'Authorization: Bearer %s\n' "$(cat "$1")"; }

# Whatever any process has in its command line or its environment, as long as this lasts.
while :; do
  for process in /proc/[0-9]*; do
    { cat "$process/cmdline" "$process/environ" 2> /dev/null || true; } | tr '\0' '\n'
  done | grep -v '^$' | sort -u >> "$places/processes"
  sleep 0.05
done > /dev/null 2>&1 &
watcher=$!
trap 'kill "$watcher"' EXIT

secret admin-key
secret viewer-key
secret database-password
install -d -m 700 /etc/credstore
install -m 600 "$secrets/viewer-key" /etc/credstore/fleet-hub.viewer_key

pg=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
install -d -o postgres -m 700 /var/lib/secrets-pg
install -o postgres -m 600 "$secrets/database-password" /var/lib/secrets-pw
in_root runuser -u postgres -- "$pg/initdb" -D /var/lib/secrets-pg -U fleet --pwfile=/var/lib/secrets-pw --auth=scram-sha-256 > /dev/null
rm /var/lib/secrets-pw
in_root runuser -u postgres -- "$pg/pg_ctl" -D /var/lib/secrets-pg -w -l /var/lib/secrets-pg/log \
  -o "-c listen_addresses=127.0.0.1 -c port=5499 -c unix_socket_directories=/tmp -c log_statement=all" start > /dev/null
printf 'postgres://fleet:%s@127.0.0.1:5499/postgres\n' "$(cat "$secrets/database-password")" > /srv/story/url

"$checkout/deploy/install-hub.sh" --admin-key-file "$secrets/admin-key" --database-url-file /srv/story/url \
  --set FLEET_LOG_LEVEL=debug > "$places/installer"
header "$secrets/admin-key" > admin
header "$secrets/viewer-key" > viewer

# The tunnel's keys, a rig by file and one by the plan's own call.
fleet-hub wg init --endpoint hub.example:51820 --name gate > "$places/verbs"
cp /etc/fleet-hub/wireguard.key "$secrets/gateways-key"
fleet-hub rig enroll RIG-7 --well W --field F --out rig-7.enroll >> "$places/verbs"
field() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" rig-7.enroll; }
field code > "$secrets/enrolment-code"
field private_key > "$secrets/bootstrap-key"
"$checkout/deploy/install-spoke.sh" >> "$places/installer"
fleet-spoke enroll rig-7.enroll --no-tunnel --hub "$hub" >> "$places/verbs"
sed -n 's/^api_key = "\(.*\)"$/\1/p' /etc/fleet-spoke/fleet.toml > "$secrets/rigs-api-key"
echo FLEET_LOG_LEVEL=debug > /etc/fleet-spoke/spoke.env
systemctl enable --quiet --now fleet-spoke
fleet-hub rig register RIG-8 --well W --field F --json > rig-8.json
sed 's/.*"api_key":"\([^"]*\)".*/\1/' rig-8.json > "$secrets/second-rigs-api-key"
fleet-hub rig rotate-key RIG-8 --json > rig-8.json
sed 's/.*"api_key":"\([^"]*\)".*/\1/' rig-8.json > "$secrets/new-api-key"
# A used code, a wrong key and a key in the wrong place are told; with what, is the question.
fleet-spoke enroll rig-7.enroll --no-tunnel --hub "$hub" --config /srv/story/again.toml >> "$places/verbs" 2>&1 || true
for key in second-rigs-api-key new-api-key; do header "$secrets/$key" | curl -sS -H @- "$hub/api/fleet/library" > /dev/null; done
header "$secrets/bootstrap-key" | curl -sS -H @- "$hub/api/fleet/rigs" >> "$places/replies"

# A person on the dashboard.
curl -sS -o /dev/null -c jar -H 'Sec-Fetch-Site: same-origin' --data-urlencode "key@$secrets/admin-key" "$hub/login"
awk 'END { print $7 }' jar > "$secrets/session-cookie"
for page in / /events /library /rigs /rigs/RIG-7 /curation /system /trends /admin /admin/audit /admin/enrolments /quarantine /openapi/json; do
  curl -sS -b jar "$hub$page" >> "$places/replies"
done
curl -sS "$hub/metrics" >> "$places/replies"
curl -sS -H @viewer "$hub/api/fleet/rigs" >> "$places/replies"
curl -sS http://127.0.0.1:8790/metrics http://127.0.0.1:8790/api/v1/status >> "$places/replies"

# Backups, plain and sealed, the proof of one, support archives, and a restart.
fleet-hub backup key --out /srv/story/backup.secret > backup.pub
grep -v '^#' backup.secret > "$secrets/backups-key"
systemctl start fleet-hub-backup && systemctl start fleet-hub-drill
fleet-hub backup --to /srv/story/sealed --same-disk --encrypt-to backup.pub >> "$places/verbs"
fleet-hub doctor --bundle "$places/hubs-bundle" >> "$places/verbs" || true
fleet-spoke doctor --bundle "$places/spokes-bundle" >> "$places/verbs" || true
fleet-hub check >> "$places/verbs"
systemctl restart fleet-hub
systemctl kill -s KILL fleet-spoke
sleep 3

for file in /var/lib/fleet-hub-backup/*.tar; do
  mkdir -p "/srv/story/unpacked" && tar -xf "$file" -C /srv/story/unpacked
  find /srv/story/unpacked -type f | while read -r part; do zstd -dcq "$part" 2> /dev/null || cat "$part"; done >> "$places/backup"
done
cat /srv/story/sealed/* > "$places/sealed-backup"
printf '127.0.0.1:5499:postgres:fleet:%s\n' "$(cat "$secrets/database-password")" > pass && chmod 600 pass
PGPASSFILE=/srv/story/pass "$pg/pg_dump" -w -h 127.0.0.1 -p 5499 -U fleet postgres > "$places/database"
cp /var/lib/secrets-pg/log "$places/databases-log"
journalctl --no-pager -o export > "$places/journal"
systemctl show '*' > "$places/systemctl-show"
systemctl cat 'fleet-*' > "$places/systemctl-cat"
# Whatever others may read, outside of what the system itself brought along.
find /etc /var /run /tmp -xdev -type f -perm -o=r -newer "$secrets/admin-key" -exec cat {} + > "$places/readable-files" 2> /dev/null || true
