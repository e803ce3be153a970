export interface DebSubject {
  /** `fleet-hub` or `fleet-spoke`. */
  readonly product: string;
  readonly version: string;
  /** As Debian names it: amd64, arm64. */
  readonly arch: string;
  readonly installedKib: number;
  readonly epochS: number;
  /** What users read of this release, one line each. */
  readonly changes: readonly string[];
  /** Units that start by themselves. */
  readonly enabled: readonly string[];
  /** The line of shell that makes `$key`, the hub's first admin key; undefined for what has none. */
  readonly makeKey?: string;
}

const MAINTAINER = "Fleet Hub maintainers <fleet-hub@users.noreply.github.com>";

const SUMMARY: Readonly<Record<string, readonly string[]>> = {
  "fleet-hub": [
    "collects what drilling rigs met and what helped",
    "The hub keeps the events of a fleet of drilling rigs, learns from them and",
    "gives what one rig learned to every other rig. It brings its own database,",
    "or uses PostgreSQL 15 or newer.",
  ],
  "fleet-spoke": [
    "rig's end of Fleet Hub",
    "Sends what happened on a drilling rig to the hub when the link allows, keeps",
    "the library of what other rigs learned, and answers from it without a link.",
  ],
};

/** Debian's order puts a pre-release before its release by a tilde. */
export function debVersion(version: string): string {
  return version.replace("-", "~");
}

export function control({ product, version, arch, installedKib }: DebSubject): string {
  const [summary = "", ...details] = SUMMARY[product] ?? [];
  return lines(
    `Package: ${product}`,
    `Version: ${debVersion(version)}`,
    `Architecture: ${arch}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${installedKib}`,
    "Depends: libc6 (>= 2.17), systemd (>= 247)",
    ...(product === "fleet-hub" ? ["Suggests: postgresql (>= 15), nftables, wireguard-tools"] : []),
    "Section: misc",
    "Priority: optional",
    "Homepage: https://github.com/fleet-hub/fleet-hub",
    `Description: ${summary}`,
    ...details.map((line) => ` ${line}`),
  );
}

/** A package of no Debian release has a native version: no revision, and `changelog.gz`. */
export function changelog({ product, version, epochS, changes }: DebSubject): string {
  return lines(
    `${product} (${debVersion(version)}) unstable; urgency=medium`,
    "",
    ...changes.map((change) => `  * ${change}`),
    "",
    ` -- ${MAINTAINER}  ${new Date(epochS * 1000).toUTCString().replace("GMT", "+0000")}`,
  );
}

export function copyright(
  notices: readonly { readonly name: string; readonly licence: string }[],
  epochS: number,
): string {
  return lines(
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    "Upstream-Name: Fleet Hub",
    "Comment: The executable carries the runtime Bun (MIT) and these npm packages:",
    ...notices.map(({ name, licence }) => ` ${name} (${licence === "" ? "see its package" : licence})`),
    "",
    "Files: *",
    `Copyright: ${new Date(epochS * 1000).getUTCFullYear()} the authors of Fleet Hub`,
    "License: Apache-2.0",
    " On Debian systems the whole text is in /usr/share/common-licenses/Apache-2.0.",
  );
}

/** What the executable is cannot be changed: stripped, it would be a plain runtime without the program. */
export function overrides({ product }: DebSubject): string {
  const file = `[usr/lib/${product}/shipped/${product}]`;
  return lines(
    "# The program is appended to the runtime: stripping removes it.",
    `${product}: unstripped-binary-or-object ${file}`,
    "# The runtime is linked by its makers.",
    `${product}: embedded-library *libjpeg* ${file}`,
    ...(product === "fleet-hub"
      ? ["# Inside the embedded database.", `${product}: embedded-library *libxml2* ${file}`]
      : []),
    `${product}: hardening-no-pie ${file}`,
    `${product}: hardening-no-relro ${file}`,
  );
}

/** `RELEASES` keep what a package before this one brought, which dpkg itself would delete. */
export function postinst({ product, version, enabled, makeKey }: DebSubject, startsAlone: string): string {
  return lines(
    "#!/bin/sh",
    "set -e",
    `home=/usr/lib/${product}`,
    'if [ "$1" = configure ]; then',
    "  if command -v systemd-sysusers >/dev/null; then",
    `    systemd-sysusers ${product}.conf || true`,
    "  fi",
    ...(makeKey === undefined ? [] : firstKey(`/etc/credstore/${product}.admin_key`, makeKey)),
    `  mkdir -p "$home/releases/${version}"`,
    `  ln -f "$home/shipped/${product}" "$home/releases/${version}/${product}"`,
    '  before=$(readlink "$home/current" || true)',
    `  if [ -n "$before" ] && [ "$before" != "releases/${version}" ]; then`,
    '    ln -sfn "$before" "$home/previous"',
    "  fi",
    `  ln -sfn "releases/${version}" "$home/current.new"`,
    '  mv -T "$home/current.new" "$home/current"',
    '  rm -f "$home/upgrading"',
    "  if command -v deb-systemd-helper >/dev/null; then",
    `    for unit in ${enabled.join(" ")}; do`,
    '      deb-systemd-helper unmask "$unit" >/dev/null || true',
    '      deb-systemd-helper enable "$unit" >/dev/null || true',
    '      deb-systemd-helper update-state "$unit" >/dev/null || true',
    "    done",
    "  fi",
    `  if [ -d /run/systemd/system ] && ${startsAlone}; then`,
    "    systemctl daemon-reload || true",
    "    if command -v deb-systemd-invoke >/dev/null; then",
    `      deb-systemd-invoke restart ${enabled.join(" ")} >/dev/null || true`,
    "    fi",
    "  fi",
    "fi",
  );
}

/** A key that the hub made itself would stand in the journal; one that is shown here, in the log of apt. */
function firstKey(file: string, makeKey: string): string[] {
  return [
    `  if [ ! -e ${file} ]; then`,
    `    mkdir -p -m 0700 ${file.slice(0, file.lastIndexOf("/"))}`,
    `    ${makeKey}`,
    `    (umask 077 && printf '%s\\n' "$key" > ${file}.new)`,
    `    mv ${file}.new ${file}`,
    `    echo "The admin's key is in ${file}, for root alone."`,
    "  fi",
  ];
}

export function prerm({ enabled }: DebSubject): string {
  return lines(
    "#!/bin/sh",
    "set -e",
    'if [ "$1" = remove ] && [ -d /run/systemd/system ] && command -v deb-systemd-invoke >/dev/null; then',
    `  deb-systemd-invoke stop ${enabled.join(" ")} >/dev/null || true`,
    "fi",
  );
}

/** Removing keeps what rigs sent; only a purge takes it away. */
export function postrm({ product, enabled }: DebSubject): string {
  return lines(
    "#!/bin/sh",
    "set -e",
    `home=/usr/lib/${product}`,
    'if [ "$1" = remove ]; then',
    '  rm -rf "$home/releases"',
    '  rm -f "$home/current" "$home/previous" "$home/upgrading" "$home/rolled-back" "$home/upgrade.lock"',
    '  rmdir "$home" 2>/dev/null || true',
    "  if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi",
    "fi",
    'if [ "$1" = purge ]; then',
    "  if command -v deb-systemd-helper >/dev/null; then",
    `    deb-systemd-helper purge ${enabled.join(" ")} >/dev/null || true`,
    `    deb-systemd-helper unmask ${enabled.join(" ")} >/dev/null || true`,
    "  fi",
    `  rm -rf /var/lib/${product} /var/lib/${product}-* /etc/${product} /etc/systemd/system/${product}*`,
    `  rm -f /etc/credstore/${product}.*`,
    "fi",
  );
}

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
