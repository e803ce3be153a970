import { Search, targetHref } from "../../../views/search/search.tsx";
import type { SearchPage } from "../../../views/search/model.ts";
import { find } from "../../domain/dashboard/search.ts";
import { seeOther } from "../html.ts";
import type { PageSet, PageVisit, View } from "../page.ts";
import { given } from "../query.ts";

export const searchPages: PageSet = { pages: [{ path: "/search", read }] };

/** One text, one way: straight to what has that name. */
async function read({ context, query }: PageVisit): Promise<View | Response> {
  const text = given(query, "q");
  const { exact, near } = await find(context, text ?? "");
  if (exact !== undefined) return seeOther(targetHref(exact));
  const page: SearchPage = { text, near };
  return { title: "Search", data: page, live: false, content: (frame) => Search({ frame, page }) };
}
