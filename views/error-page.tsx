import { Document } from "./layout.tsx";
import type { Markup } from "./jsx-runtime.ts";

export interface ErrorProps {
  readonly status: number;
  /** For people; never an internal. */
  readonly sentence: string;
}

export function ErrorPage({ status, sentence }: ErrorProps): Markup {
  return (
    <Document title={`Error ${status}`}>
      <main id="main" class="narrow">
        <h1>{status === 404 ? "Not found" : "That did not work"}</h1>
        <p>{sentence}</p>
        <p>
          <a href="/">Go to the overview</a>
        </p>
      </main>
    </Document>
  );
}
