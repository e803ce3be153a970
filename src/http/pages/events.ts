import { Event } from "../../../views/event.tsx";
import { Events } from "../../../views/events.tsx";
import type { PageSet } from "../page.ts";
import { eventPage, eventsPage } from "../page-data.ts";

export const eventPages: PageSet = {
  pages: [
    {
      path: "/events",
      async read({ context, query }) {
        const page = await eventsPage(context, query);
        return { title: "Events", data: page, content: (frame) => Events({ frame, page }) };
      },
    },
    {
      path: "/events/:id",
      async read({ context, query, params: { id = "" } }) {
        const page = await eventPage(context, query, id);
        const title = `Event ${id}`;
        return { title, data: page, charts: "track", live: false, content: (frame) => Event({ frame, page }) };
      },
    },
  ],
};
