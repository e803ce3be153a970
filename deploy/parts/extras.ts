import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ExtraFile } from "./deb.ts";

/** Pages of docs/ that somebody at the machine wants, where no network may be. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  "fleet-hub": ["api.md", "operating.md", "releasing.md", "troubleshooting.md"],
  "fleet-spoke": ["troubleshooting.md"],
};

/** What a package brings beside program, units and man pages. Completions are made by scripts/man.ts. */
export function extrasOf(root: string, product: string): ExtraFile[] {
  const share = `usr/share/doc/${product}`;
  const at = (place: string, ...path: string[]): ExtraFile => ({
    place,
    content: readFileSync(join(root, ...path), "utf8"),
  });
  const runbooks = readdirSync(join(root, "docs", "runbooks")).toSorted();
  return [
    at(`usr/share/bash-completion/completions/${product}`, "dist", "completions", `${product}.bash`),
    at(`usr/share/zsh/vendor-completions/_${product}`, "dist", "completions", `_${product}`),
    ...(PAGES[product] ?? []).map((page) => at(`${share}/${page}`, "docs", page)),
    ...runbooks.map((name) => at(`${share}/runbooks/${name}`, "docs", "runbooks", name)),
    ...(product === "fleet-hub" ? [at(`usr/share/${product}/alerts.yml`, "deploy", "prometheus", "alerts.yml")] : []),
  ];
}

/** Files that begin with the product's name: `fleet-hub.service`, `fleet-hub.sysusers`. */
export function unitsOf(root: string, product: string): string[] {
  const folder = join(root, "deploy", "systemd");
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && new RegExp(`^${product}[-@.]`).test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /\.(?:service|timer|path|socket|conf|sysusers|tmpfiles)$/.test(path))
    .toSorted();
}

/** A rig takes a new release when its people have decided that it may. */
const ASKED_FOR: ReadonlySet<string> = new Set(["fleet-spoke-upgrade.timer"]);

/** What says itself where it wants to be started, but for templates. */
export function startedAlone(units: readonly string[]): string[] {
  const named = units.filter((path) => readFileSync(path, "utf8").includes("[Install]"));
  return named.map((path) => basename(path)).filter((name) => !name.includes("@") && !ASKED_FOR.has(name));
}

/** The installer's own line, so that there is one way to make a key. */
export function adminKeyLine(root: string): string {
  const folder = join(root, "deploy");
  const scripts = readdirSync(folder).filter((name) => /^install.*\.sh$/.test(name));
  const texts = scripts.map((name) => readFileSync(join(folder, name), "utf8"));
  const found = /^ *(key=sk-admin-.+)$/m.exec(texts.join("\n"))?.[1];
  if (found === undefined) throw new Error("no installer makes an admin key any more: look how it does now");
  return found;
}
