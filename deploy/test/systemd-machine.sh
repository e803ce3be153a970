#!/bin/sh
# Runs a real systemd as process 1 of its own namespaces, over a throw-away copy of this machine's files: what the tests
# need of a booted machine, without one. Prints "machine PID" once it is up; ends when its standard input ends.
#   systemd-machine.sh FOLDER [LOWER [SHOWN…]]   FOLDER is where the layers are kept, and must be empty; LOWER are another
#                                machine's files; SHOWN are folders of this one to be seen there, at the same place
# As root, in a machine that allows namespaces; exits 77 where it does not.
set -eu

main() {
  folder=$1
  shift
  [ "$(id -u)" = 0 ] && [ -x /lib/systemd/systemd ] || { echo "no root, or no systemd" >&2; exit 77; }
  unshare -m -p -u -i -C -n -f --kill-child true 2> /dev/null || { echo "namespaces are not allowed" >&2; exit 77; }
  # The machine must not hold our pipes open, or who waits for them waits for ever; and it ends with us, however we end.
  setpriv --pdeathsig KILL unshare -m -p -u -i -C -n -f --kill-child sh "$0" --inside "$folder" "$@" < /dev/null > "$folder/boot.log" 2>&1 &
  outer=$!
  trap 'kill -9 "$outer" 2> /dev/null || true' EXIT
  trap 'exit 1' HUP INT TERM
  tries=0
  until pid=$(pgrep -P "$outer" | head -n 1) && [ -n "$pid" ] && running "$pid"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 150 ] || ! kill -0 "$outer" 2> /dev/null; then
      tail -n 20 "$folder/boot.log" >&2
      exit 1
    fi
    sleep 0.2
  done
  echo "machine $pid"
  cat > /dev/null
}

# Degraded is up too: the caller says which units must not fail.
running() {
  state=$(nsenter -t "$1" -a systemctl is-system-running 2> /dev/null || true)
  [ "$state" = running ] || [ "$state" = degraded ]
}

inside() {
  folder=$1 lower=${2:-/}
  shift
  [ $# -eq 0 ] || shift
  mount --make-rprivate /
  mount -t tmpfs tmpfs "$folder"
  mkdir "$folder/upper" "$folder/work" "$folder/root"
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
  root=$folder/root
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  for device in null zero full random urandom tty; do
    : > "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  mkdir "$root/dev/pts" "$root/dev/shm"
  # PrivateDevices= fails without it.
  ln -s pts/ptmx "$root/dev/ptmx"
  # A checkout under /tmp would not be seen, and everything that is emptied at a boot must not be.
  checkout=$(cd "$(dirname "$0")/../.." && pwd)
  if [ "$lower" = / ]; then case $checkout in /tmp/*) set -- "$@" "$checkout" ;; esac; fi
  mkdir -p "$root/etc/tmpfiles.d"
  ln -sf /dev/null "$root/etc/tmpfiles.d/tmp.conf"
  for shown; do
    mkdir -p "$root$shown"
    mount --rbind "$shown" "$root$shown"
    mount -o remount,bind,ro "$root$shown"
  done
  : > "$root/etc/fstab"
  : > "$root/etc/machine-id"
  for unit in systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service \
    systemd-logind.service getty.target console-getty.service systemd-sysctl.service systemd-remount-fs.service \
    systemd-tmpfiles-setup-dev.service systemd-modules-load.service systemd-networkd-wait-online.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done
  # What this machine's packages would start is none of the test's business.
  rm -f "$root"/etc/systemd/system/multi-user.target.wants/* "$root"/etc/systemd/system/timers.target.wants/*
  hostname machine
  ip link set lo up
  mkdir -p "$root/old"
  # Without this every folder of credentials is empty.
  mount --make-rshared "$root"
  cd "$root"
  mount --make-rprivate /
  pivot_root . old
  mount --make-rshared /
  umount -l /old
  exec env -i container=unshare PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --log-target=console
}

if [ "$1" = --inside ]; then shift; inside "$@"; else main "$@"; fi
