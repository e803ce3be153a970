import type { Markup } from "../jsx-runtime.ts";
import { number } from "../parts/numbers.ts";
import { address, pathOf } from "./address.ts";
import type { Frame } from "./model.ts";

interface Entry {
  readonly href: string;
  readonly label: string;
  /** Second key after `g`. */
  readonly key: string;
  /** Paths beside its own that belong to it. */
  readonly also?: readonly string[];
}

const ENTRIES: readonly Entry[] = [
  { href: "/", label: "Overview", key: "o" },
  { href: "/rigs", label: "Rigs", key: "r" },
  { href: "/events", label: "Events", key: "e" },
  { href: "/library", label: "Library", key: "l", also: ["/episodes"] },
  { href: "/trends", label: "Trends", key: "t" },
  { href: "/outcomes", label: "Outcomes", key: "u" },
  { href: "/curation", label: "Curation", key: "c" },
  { href: "/quarantine", label: "Quarantine", key: "q" },
  { href: "/admin", label: "Admin", key: "a" },
  { href: "/system", label: "System", key: "s" },
];

export function Menu({ frame }: { readonly frame: Frame }): Markup {
  const path = pathOf(frame.here);
  return (
    <nav class="menu" aria-label="Views">
      <ul>
        {ENTRIES.map((entry) => (
          <li>
            <a
              href={address(entry.href, { zone: frame.zone === "rig" ? "rig" : undefined })}
              data-key={entry.key}
              aria-current={isHere(entry, path) ? "page" : undefined}
            >
              {entry.label}
              {entry.href === "/quarantine" && frame.hub.quarantined > 0 && (
                <span class="count"> {number(frame.hub.quarantined)}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isHere({ href, also = [] }: Entry, path: string): boolean {
  if (href === "/") return path === "/";
  return [href, ...also].some((start) => path === start || path.startsWith(`${start}/`));
}
