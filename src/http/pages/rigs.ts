import { Rigs } from "../../../views/rigs.tsx";
import type { PageSet } from "../page.ts";
import { rigsPage } from "../page-data.ts";

export const rigPages: PageSet = {
  pages: [
    {
      path: "/rigs",
      async read({ context }) {
        const page = await rigsPage(context);
        return { title: "Rigs", data: page, content: (frame) => Rigs({ frame, page }) };
      },
    },
  ],
};
