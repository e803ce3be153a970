import { Events } from "../../../views/events.tsx";
import type { PageSet } from "../page.ts";
import { eventsPage } from "../page-data.ts";

export const eventPages: PageSet = {
  pages: [
    {
      path: "/events",
      async read({ context, query }) {
        const page = await eventsPage(context, query);
        return { title: "Events", data: page, content: (frame) => Events({ frame, page }) };
      },
    },
  ],
};
