#!/bin/sh
# Run as a unit's program, with all of the unit's options: prints what the process is and what it may, a line a fact.
fact() { printf '%s: %s\n' "$1" "$2"; }
tried() { # tried NAME COMMAND…: whether it succeeds, and how it ends when a signal ends it
  name=$1
  shift
  "$@" > /dev/null 2>&1
  code=$?
  [ "$code" -lt 128 ] && [ "$code" -ne 0 ] && code=refused
  fact "$name" "$code"
}
while read -r key value; do
  case $key in
    Umask: | Uid: | Gid: | Groups: | CapBnd: | CapAmb: | CapEff: | NoNewPrivs: | Seccomp: | Seccomp_filters:) fact "status $key" "$value" ;;
  esac
done < /proc/self/status
while read -r line; do case $line in 'Max open files'* | 'Max core'*) fact limit "$line" ;; esac done < /proc/self/limits
fact oom "$(cat /proc/self/oom_score_adj)"
fact users "$(tr -s ' ' < /proc/self/uid_map)"
for space in ipc uts net mnt user; do
  [ "$(readlink "/proc/self/ns/$space")" = "$(cat "/run/probe/ns-$space")" ] && own=shared || own=own
  fact "namespace $space" "$own"
done
while read -r _ _ _ _ point options _; do
  case $point in
    */credentials/*) point=credentials ;;
    */probe-*) point=folder ;;
  esac
  fact "mount $point" "$options"
done < /proc/self/mountinfo
fact "mode of its data's folder" "$(stat -c %a ${STATE_DIRECTORY:-/})"
fact "mode of its run-time folder" "$(stat -c %a ${RUNTIME_DIRECTORY:-/})"
for path in /tmp/marker /home/marker /dev/marker /proc/1/comm /proc/meminfo; do tried "sees $path" test -e "$path"; done
tried "writes to /usr" touch /usr/probe
tried "writes to /etc" touch /etc/probe
tried "makes a user namespace" unshare -U true
tried "makes a network namespace" unshare -n true
tried "changes its personality" setarch -R true
tried "changes its root" chroot / true
tried "sets the clock" date -s "@$(date +%s)"
tried "sets the host's name" hostname machine
tried "reads the kernel's log" dmesg
tried "speaks to the kernel's network" ip link
tried "becomes realtime" chrt -r 1 true
file=/tmp/probe-$$
touch "$file"
tried "makes a set-uid file" chmod u+s "$file"
rm -f "$file"
curl -s -m 1 http://10.99.0.1:9/ > /dev/null 2>&1
fact "reaches another network" "$?"
curl -s -m 1 http://127.0.0.1:9/ > /dev/null 2>&1
fact "reaches this machine" "$?"
