import { raw, type Child, type Markup } from "./jsx-runtime.ts";
import type { Frame } from "./model.ts";
import { utc } from "./format.tsx";

const VIEWS = [
  ["/", "Overview"],
  ["/rigs", "Rigs"],
  ["/events", "Events"],
  ["/library", "Library"],
] as const;

/** A hub that fails must not take the figures off the page, and one that hangs is given up before the next tick. */
const HTMX_CONFIG = JSON.stringify({
  noSwap: [204, 304, "4xx", "5xx"],
  defaultTimeout: 10_000,
  includeIndicatorCSS: false,
});

interface DocumentProps {
  readonly title: string;
  /** Scripts beyond those of every page. */
  readonly charts?: boolean;
  readonly children?: Child;
}

/** The whole document. Nothing in it comes from another origin. */
export function Document({ title, charts = false, children }: DocumentProps): Markup {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content={HTMX_CONFIG} />
        <title>{`${title} · Fleet Hub`}</title>
        {charts && <link rel="stylesheet" href="/assets/uplot.css" />}
        <link rel="icon" href="/assets/icon.svg" />
        <link rel="stylesheet" href="/assets/app.css" />
        <script src="/assets/htmx.js" defer></script>
        <script src="/assets/app.js" defer></script>
        {charts && <script src="/assets/uplot.js" defer></script>}
        {charts && <script src="/assets/track.js" defer></script>}
      </head>
      <body>{children}</body>
    </html>
  );
  return raw(`<!doctype html>${page.html}`);
}

interface PageProps extends Pick<DocumentProps, "charts" | "children"> {
  readonly frame: Frame;
  /** Whether the view asks for itself again while somebody looks; `children` is what that replaces. */
  readonly live: boolean;
}

/** A signed-in page: menu, the view, and where it says that it has grown old. */
export function Page({ frame, live, charts, children }: PageProps): Markup {
  return (
    <Document title={frame.title} charts={charts ?? false}>
      <a class="skip" href="#main">
        Skip to the view
      </a>
      <header>
        <strong>Fleet Hub</strong>
        <Menu here={frame.here} />
        <form method="post" action="/logout">
          <input type="hidden" name="form_token" value={frame.formToken} />
          <button>Sign out</button>
        </form>
      </header>
      <p id="notice" role="status" hidden></p>
      <main id="main" tabindex="-1">
        {live ? (
          <div id="live" hx-get={frame.here} hx-trigger="fleet:tick from:body" hx-swap="innerMorph">
            {children}
          </div>
        ) : (
          children
        )}
      </main>
    </Document>
  );
}

/** Heading of each view, with the time of its figures. */
export function Heading({ frame }: { readonly frame: Frame }): Markup {
  const iso = new Date(frame.nowMs).toISOString();
  return (
    <div class="heading">
      <h1>{frame.title}</h1>
      <p>
        as of{" "}
        <time id="as-of" datetime={iso}>
          {utc(iso)}
        </time>
      </p>
    </div>
  );
}

function Menu({ here }: { readonly here: string }): Markup {
  const path = here.split("?")[0] ?? here;
  const isHere = (href: string): boolean =>
    href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
  return (
    <nav aria-label="Views">
      <ul>
        {VIEWS.map(([href, label]) => (
          <li>
            <a href={href} aria-current={isHere(href) ? "page" : undefined}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
