import type { LibraryPage } from "../../views/model.ts";
import type { HubContext } from "../domain/context.ts";
import { libraryPage as readLibrary } from "../domain/dashboard-library.ts";

/** Rows of a list; more come by its link to the next. */
const PAGE_ROWS = 50;

/** Faults: `invalid_request`. */
export async function libraryPage(context: HubContext, query: URLSearchParams): Promise<LibraryPage> {
  const { stats, episodes, next } = await readLibrary(context, { limit: PAGE_ROWS, ...place(query) });
  return { stats, episodes, next };
}

/** A form sends what was left empty as an empty text. */
function given(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name);
  return value === null || value === "" ? undefined : value;
}

function place(query: URLSearchParams): { after?: string } {
  const after = given(query, "after");
  return after === undefined ? {} : { after };
}
