import type { Markup } from "../jsx-runtime.ts";
import { Document } from "./document.tsx";
import type { Assets } from "./model.ts";

export interface ErrorProps {
  readonly status: number;
  /** For people; never an internal. */
  readonly sentence: string;
  readonly requestId: string;
  /** Where the same can be tried again; undefined when trying again changes nothing. */
  readonly retry: string | undefined;
  readonly assets: Assets;
}

const TITLES: Readonly<Record<number, string>> = {
  403: "Not allowed",
  404: "Not found",
  410: "No longer good",
  429: "Too many tries",
  503: "The hub cannot answer now",
};

export function ErrorPage({ status, sentence, requestId, retry, assets }: ErrorProps): Markup {
  return (
    <Document title={`Error ${status}`} assets={assets}>
      <main id="main" class="narrow">
        <h1>{TITLES[status] ?? "That did not work"}</h1>
        <p class="words">{sentence}</p>
        <p>
          {retry !== undefined && (
            <>
              <a href={retry}>Try again</a>
              {" · "}
            </>
          )}
          <a href="/">Go to the overview</a>
        </p>
        <p>
          <small>{`Request ${requestId}`}</small>
        </p>
      </main>
    </Document>
  );
}
