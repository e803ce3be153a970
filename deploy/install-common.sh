# What the installers of hub and rig share. They set name, base, here, executable, units, enabled, kept, allow, purge,
# confirm and changed, and read this before anything else.

say() { echo "$name: $*"; }
die() { echo "$name: $1" >&2; [ $# -lt 2 ] || echo "  -> $2" >&2; exit "${3:-1}"; }

# place FILE MODE: standard input becomes FILE, complete or not at all, and only when something is different.
place() {
  target=$1
  new=$(dirname "$target")/.$(basename "$target").new
  (umask 077 && cat > "$new")
  chmod "$2" "$new"
  if [ -e "$target" ] && cmp -s "$new" "$target" && [ "$(stat -c %a "$target")" = "$2" ]; then
    rm -f "$new"
    return 0
  fi
  sync "$new"
  mv -f "$new" "$target"
  changed=$((changed + 1))
  say "wrote $target"
}

folder() { # folder PATH MODE
  [ -d "$1" ] && [ "$(stat -c %a "$1")" = "$2" ] && return 0
  mkdir -p "$1"
  chmod "$2" "$1"
  changed=$((changed + 1))
  say "made $1"
}

# Another architecture, an old systemd or another libc would only show later, as a riddle.
check_machine() {
  [ "$(id -u)" = 0 ] || die "this must be run as root" "sudo $0"
  case $(uname -m) in x86_64 | aarch64) ;; *) die "there is no release for $(uname -m)" "use an x86_64 or aarch64 machine" ;; esac
  version=$(systemctl --version 2> /dev/null | awk 'NR == 1 { print $2 }')
  [ "${version:-0}" -ge 247 ] || die "systemd 247 or newer is needed, this is ${version:-none}" "Debian 12 and Ubuntu 24.04 have it"
  ldd --version 2> /dev/null | head -n 1 | grep -qi 'glibc\|gnu libc' || die "glibc is needed" "musl systems are not supported"
}

# need_programs PROGRAM:PACKAGE…: those that are not there, where the system has packages.
need_programs() {
  packages=''
  for each; do command -v "${each%%:*}" > /dev/null || packages="$packages ${each#*:}"; done
  [ -n "$packages" ] || return 0
  command -v apt-get > /dev/null || die "these are needed:$packages" "install them and run this again"
  say "installing$packages"
  apt-get update -qq || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages > /dev/null ||
    die "these could not be installed:$packages" "install them and run this again"
  changed=$((changed + 1))
}

install_release() {
  [ -f "$executable" ] || die "there is no $executable" "npm run build, or --executable FILE"
  sums=$(dirname "$executable")/SHA256SUMS
  if [ -f "$sums" ]; then
    (cd "$(dirname "$executable")" && sha256sum --check --quiet --ignore-missing SHA256SUMS) ||
      die "$executable is not what SHA256SUMS says" "fetch the release again"
  fi
  release=$("$executable" version | awk 'NR == 1 { print $2 }') || die "$executable does not run here" "is it for $(uname -m)?"
  case $release in '' | *[!A-Za-z0-9.+~_-]*) die "$executable tells no version" "is it $name?" ;; esac
  folder "$base" 755
  folder "$base/releases" 755
  folder "$base/releases/$release" 755
  if ! cmp -s "$executable" "$base/releases/$release/$name"; then
    cp "$executable" "$base/releases/$release/.new"
    chmod 755 "$base/releases/$release/.new"
    sync "$base/releases/$release/.new"
    mv -f "$base/releases/$release/.new" "$base/releases/$release/$name"
    changed=$((changed + 1))
    say "installed release $release"
  fi
  point "releases/$release" "$base/current"
  point "$base/current/$name" "/usr/bin/$name"
  place "$base/rollback" 755 < "$here/rollback.sh"
}

point() { # point TARGET LINK
  [ "$(readlink "$2" 2> /dev/null || true)" = "$1" ] && return 0
  ln -sfn "$1" "$2.new"
  mv -fT "$2.new" "$2"
  changed=$((changed + 1))
  say "$2 -> $1"
}

install_units() {
  folder /usr/lib/sysusers.d 755
  place "/usr/lib/sysusers.d/$name.conf" 644 < "$here/systemd/$name.sysusers"
  systemd-sysusers "$name.conf"
  for unit in $units; do place "/etc/systemd/system/$unit" 644 < "$here/systemd/$unit"; done
}

allow_networks() {
  dropin=/etc/systemd/system/$name.service.d
  [ -n "$allow" ] || return 0
  folder "$dropin" 755
  printf '[Service]\nIPAddressAllow=%s\n' "$allow" | place "$dropin/allow.conf" 644
}

start_service() {
  systemctl daemon-reload
  for unit in $enabled; do
    systemctl is-enabled --quiet "$unit" || { systemctl enable --quiet "$unit" && changed=$((changed + 1)); }
  done
  if [ "$changed" -eq 0 ] && systemctl is-active --quiet "$name.service"; then
    say "unchanged, and running"
    return 0
  fi
  # What waits for the service comes first, and is begun anew where its unit is another.
  for unit in $enabled; do case $unit in *.timer | *.path) systemctl restart "$unit" ;; esac; done
  # A start returns once the service has said READY; former failures must not refuse it.
  systemctl reset-failed "$name.service" 2> /dev/null || true
  systemctl restart "$name.service" || die "$name did not start" "journalctl -u $name -n 30"
  say "running, $changed changes"
}

uninstall() {
  if [ "$purge" = yes ] && [ "$confirm" != "$(uname -n)" ]; then
    die "--purge deletes everything that $name knows" "add --confirm $(uname -n), this machine's name" 2
  fi
  for unit in $units; do
    case $unit in *@*) continue ;; esac
    systemctl disable --quiet --now "$unit" 2> /dev/null || true
  done
  for unit in $units; do rm -f "/etc/systemd/system/$unit"; done
  rm -rf "/etc/systemd/system/$name.service.d" "$base" "/usr/bin/$name"
  systemctl daemon-reload
  systemctl reset-failed "$name*" 2> /dev/null || true
  if [ "$purge" = yes ]; then
    rm -rf $kept
    rm -f "/usr/lib/sysusers.d/$name.conf"
    say "gone, with all data; the user $name stays, its number must not be given to another"
  else
    say "gone; kept: $kept (--purge deletes them)"
  fi
}
