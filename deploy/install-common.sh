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

# verify_release FILE: it is what SHA256SUMS beside it says, and FILE.minisig is of a key in release.pub beside the
# installer, or of the release before. Needs no network. A build of one's own has none of these. Sets signed.
verify_release() {
  signed=''
  sums=$(dirname "$1")/SHA256SUMS
  if [ -f "$sums" ]; then
    sum=$(awk -v file="$(basename "$1")" '$2 == file { print $1 }' "$sums")
    [ -n "$sum" ] || die "$sums does not name $(basename "$1")" "fetch the release again"
    [ "$(sha256sum < "$1" | head -c 64)" = "$sum" ] || die "$1 is not what SHA256SUMS says" "fetch the release again"
  fi
  pinned=$here/release.pub
  if [ ! -f "$1.minisig" ]; then
    [ ! -f "$pinned" ] || die "$1 is not signed" "fetch $(basename "$1").minisig too"
    return 0
  fi
  [ -f "$pinned" ] || pinned=/usr/share/$name/release.pub
  [ -f "$pinned" ] || die "there is no key to check $1 with" "put the maker's release.pub beside $0"
  need_programs openssl:openssl
  work=$(mktemp -d)
  if signature_good "$1" "$pinned"; then
    signed=$(sed -n '3s/^trusted comment: //p' "$1.minisig" | tr '\t' '\n')
    rm -rf "$work"
    say "signature good: $(basename "$1")"
  else
    rm -rf "$work"
    die "$1 is not what its maker signed" "fetch it and its .minisig again; the key is $pinned"
  fi
}

# minisign's own format by openssl, which every system has: the signature is over the file's BLAKE2b digest, and a second
# one over the first and the comment.
signature_good() { # signature_good FILE KEYS
  sed -n 2p "$1.minisig" | base64 -d > "$work/signed" 2> /dev/null || return 1
  sed -n 4p "$1.minisig" | base64 -d > "$work/over" 2> /dev/null || return 1
  [ "$(stat -c %s "$work/signed") $(stat -c %s "$work/over") $(head -c 2 "$work/signed")" = "74 64 ED" ] || return 1
  tail -c 64 "$work/signed" > "$work/signature"
  grep -v '^untrusted comment:' "$2" > "$work/keys"
  while IFS= read -r each; do
    printf %s "$each" | base64 -d > "$work/key" 2> /dev/null || continue
    [ "$(stat -c %s "$work/key")" = 42 ] || continue
    cmp -s -i 2 -n 8 "$work/key" "$work/signed" || continue
    { printf '0*0\005\006\003+ep\003!\000' && tail -c 32 "$work/key"; } > "$work/key.der"
    openssl dgst -blake2b512 -binary "$1" > "$work/digest" || return 1
    { cat "$work/signature" && sed -n '3s/^trusted comment: //p' "$1.minisig" | tr -d '\n'; } > "$work/comment"
    ed25519_good "$work/digest" "$work/signature" && ed25519_good "$work/comment" "$work/over" && return 0
  done < "$work/keys"
  return 1
}

ed25519_good() { # ed25519_good MESSAGE SIGNATURE
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$1" -sigfile "$2" > /dev/null 2>&1
}

# A signature tells what it is of: nobody may hand out the one product, or an older file, as another. Compressed
# releases become what they are made of.
unpack_release() {
  case $(uname -m) in x86_64) arch=x64 ;; *) arch=arm64 ;; esac
  if [ -n "$signed" ]; then
    for wanted in "product:$name" "arch:$arch"; do
      printf '%s\n' "$signed" | grep -qxF "$wanted" || die "$executable is another's: it was not signed as $wanted" "fetch the right one"
    done
  fi
  case $executable in
    *.deb | *.patch) die "$executable is not for this" "dpkg -i, or $name upgrade --patch" 2 ;;
    *.zst) ;;
    *) return 0 ;;
  esac
  need_programs zstd:zstd
  folder "$base" 755
  trap 'rm -f "$base/.unpacked"' EXIT
  zstd -q -d -f --long=27 "$executable" -o "$base/.unpacked" || die "$executable cannot be unpacked" "fetch it again"
  chmod 755 "$base/.unpacked"
  executable=$base/.unpacked
  [ -z "$signed" ] || printf '%s\n' "$signed" | grep -qxF "executable:$(sha256sum < "$executable" | head -c 64)" ||
    die "what was unpacked is not what was signed" "fetch it again"
}

install_release() {
  [ -f "$executable" ] || die "there is no $executable" "npm run build, or --executable FILE"
  verify_release "$executable"
  unpack_release
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
  for unit in $units; do
    # What a package brought stays the package's: a copy would hide what its next release brings.
    [ -e "/etc/systemd/system/$unit" ] || ! cmp -s "$here/systemd/$unit" "/usr/lib/systemd/system/$unit" || continue
    place "/etc/systemd/system/$unit" 644 < "$here/systemd/$unit"
  done
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
    rm -f /var/lib/systemd/timers/stamp-$name-*.timer
    rm -f "/usr/lib/sysusers.d/$name.conf"
    say "gone, with all data; the user $name stays, its number must not be given to another"
  else
    say "gone; kept: $kept (--purge deletes them)"
  fi
}
