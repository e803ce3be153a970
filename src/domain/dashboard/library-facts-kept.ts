import type { HubContext } from "../context.ts";
import { libraryFacts, type LibraryFacts } from "./library-facts.ts";

/** A hub under load makes a version every few seconds: its library as a whole is read so often at most. */
export const FACTS_KEPT_MS = 60_000;

/** The newest facts, read again when they are old; who asks meanwhile shares one reading. */
export interface KeptFacts {
  read(): Promise<LibraryFacts>;
}

/** They name the version that they are of, so that a page can say how old they are. */
export function keepLibraryFacts(context: HubContext): KeptFacts {
  const { clock } = context;
  let kept: { readonly facts: Promise<LibraryFacts>; readonly until: number } | undefined;
  return {
    async read() {
      if (kept !== undefined && clock.monotonic() < kept.until) return kept.facts;
      const facts = libraryFacts(context);
      kept = { facts, until: clock.monotonic() + FACTS_KEPT_MS };
      facts.catch(() => {
        kept = undefined;
      });
      return facts;
    },
  };
}
