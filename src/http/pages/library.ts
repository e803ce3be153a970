import { Library } from "../../../views/library.tsx";
import type { PageSet } from "../page.ts";
import { libraryPage } from "../page-data.ts";

export const libraryPages: PageSet = {
  pages: [
    {
      path: "/library",
      async read({ context, query }) {
        const page = await libraryPage(context, query);
        return { title: "Library", data: page, content: (frame) => Library({ frame, page }) };
      },
    },
  ],
};
