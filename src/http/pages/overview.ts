import { Overview } from "../../../views/overview.tsx";
import type { PageSet } from "../page.ts";
import { overviewPage } from "../page-data.ts";

export const overviewPages: PageSet = {
  pages: [
    {
      path: "/",
      async read({ context }) {
        const page = await overviewPage(context);
        return { title: "Overview", data: page, content: (frame) => Overview({ frame, page }) };
      },
    },
  ],
};
