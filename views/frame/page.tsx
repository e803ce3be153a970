import type { Child, Markup } from "../jsx-runtime.ts";
import { AsOf } from "../parts/time.tsx";
import { withQuery } from "./address.ts";
import { Document, type Charts } from "./document.tsx";
import { Menu } from "./menu.tsx";
import type { Frame } from "./model.ts";
import { Preferences } from "./preferences.tsx";

interface PageProps {
  readonly frame: Frame;
  readonly charts?: Charts | undefined;
  /** Whether the view asks for itself again while somebody looks. */
  readonly live: boolean;
  /** Names the data on show, so that a refresh of the same is answered without a body. */
  readonly shown: string;
  readonly children?: Child;
}

/** A signed-in page: bar, menu, the view, and where it says that it has grown old. */
export function Page({ frame, live, shown, charts, children }: PageProps): Markup {
  const { assets, theme, shortcuts, title, hub } = frame;
  return (
    <Document {...{ title, assets, theme, shortcuts, charts }} hubVersion={hub.version}>
      <a class="skip" href="#main">
        Skip to the view
      </a>
      <Bar frame={frame} />
      <div class="frame">
        <Menu frame={frame} />
        <div class="stage">
          {frame.demo && (
            <p class="demo">Demo data: real rig software wrote these events, but nothing here happened.</p>
          )}
          <p id="notice" role="status" hidden></p>
          <main id="main" tabindex="-1">
            {live ? (
              <div id="live" data-shown={shown} hx-get={frame.here} hx-trigger="fleet:tick" hx-swap="innerMorph">
                {children}
              </div>
            ) : (
              children
            )}
          </main>
        </div>
      </div>
      <Help />
    </Document>
  );
}

/** Heading of each view. */
export function Heading({ frame, children }: { readonly frame: Frame; readonly children?: Child }): Markup {
  return (
    <div class="heading">
      <h1 id="title" tabindex="-1">
        {frame.title}
      </h1>
      {children}
    </div>
  );
}

function Bar({ frame }: { readonly frame: Frame }): Markup {
  const { hub, zone, here, role, formToken } = frame;
  const other = zone === "utc" ? "rig" : undefined;
  return (
    <header class="bar">
      <strong class="brand">Fleet Hub</strong>
      <form class="search" method="get" action="/search" role="search">
        <label class="unseen" for="search">
          Search
        </label>
        <input
          id="search"
          name="q"
          type="search"
          placeholder="Rig, well, event or episode"
          maxlength="200"
          autocomplete="off"
          aria-keyshortcuts="/"
        />
        <button class="unseen-until-focus">Go</button>
      </form>
      <p class="asof">
        <span class={hub.reasons.length === 0 ? "hub-well" : "hub-ill"}>
          {hub.reasons.length === 0 ? "Hub well" : `Hub: ${hub.reasons.join("; ")}`}
        </span>{" "}
        <AsOf nowMs={frame.nowMs} />
      </p>
      <p class="zone">
        Times: <strong>{zone === "utc" ? "UTC" : "rig"}</strong>{" "}
        <a href={withQuery(here, { zone: other })}>{zone === "utc" ? "show rig time" : "show UTC"}</a>
      </p>
      <Preferences frame={frame} />
      <form class="who" method="post" action="/logout">
        <input type="hidden" name="form_token" value={formToken} />
        <span>{role}</span> <button>Sign out</button>
      </form>
    </header>
  );
}

const KEYS = [
  ["/", "search"],
  ["j, k", "next and previous row"],
  ["Enter", "open the row"],
  ["x", "select the row"],
  [
    "g, then o r e l t u c q a s",
    "Overview, Rigs, Events, Library, Trends, Outcomes, Curation, Quarantine, Admin, System",
  ],
  ["?", "this help"],
] as const;

function Help(): Markup {
  return (
    <dialog id="help" aria-labelledby="help-title">
      <h2 id="help-title">Keyboard</h2>
      <dl class="facts">
        {KEYS.map(([key, what]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <p>Single keys can be switched off under Display.</p>
      <form method="dialog">
        <button>Close</button>
      </form>
    </dialog>
  );
}
