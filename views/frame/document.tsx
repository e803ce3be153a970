import { raw, type Child, type Markup } from "../jsx-runtime.ts";
import type { Assets, Theme } from "./model.ts";

/** A hub that fails must not take the figures off the page, and one that hangs is given up before the next tick. */
const HTMX_CONFIG = JSON.stringify({
  noSwap: [204, 304, "4xx", "5xx"],
  defaultTimeout: 10_000,
  includeIndicatorCSS: false,
  // What somebody folded out stays so through a refresh.
  morphIgnore: ["data-htmx-powered", "open"],
});

/** Which curves a page draws: without any it does not load the plotting library. */
export type Charts = "track" | "trends";

interface DocumentProps {
  readonly title: string;
  readonly assets: Assets;
  readonly theme?: Theme;
  readonly charts?: Charts | undefined;
  /** For our script: what the page was made by. */
  readonly hubVersion?: string;
  readonly shortcuts?: boolean;
  readonly children?: Child;
}

/** The whole document. Nothing in it comes from another origin. */
export function Document(props: DocumentProps): Markup {
  const { title, assets, theme = "auto", charts, hubVersion, shortcuts = false, children } = props;
  const page = (
    <html lang="en" data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === "auto" ? "light dark" : theme} />
        <meta name="htmx-config" content={HTMX_CONFIG} />
        <title>{`${title} · Fleet Hub`}</title>
        <link rel="icon" href={assets.icon} />
        <link rel="stylesheet" href={assets.style} />
        <script src={assets.script} defer></script>
        {charts !== undefined && <script src={assets.plot} defer></script>}
        {charts !== undefined && <script src={assets[charts]} defer></script>}
      </head>
      <body data-hub={hubVersion} data-keys={shortcuts}>
        {children}
      </body>
    </html>
  );
  return raw(`<!doctype html>${page.html}`);
}
