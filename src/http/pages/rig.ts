import { Rig } from "../../../views/rig/rig.tsx";
import { rigEvents, rigHead, rigLog, rigRecord } from "../../domain/dashboard/rig.ts";
import { rigStrip } from "../../domain/dashboard/rig-strip.ts";
import { localPath } from "../local-path.ts";
import { panel, type PageSet, type PageVisit } from "../page.ts";

/** One rig. Each part that is read for itself fails for itself; without its head there is no page. */
export const rigPage: PageSet = {
  pages: [
    {
      path: "/rigs/:id",
      async read(visit) {
        const { context, query, params } = visit;
        const rigId = params["id"] ?? "";
        const head = await rigHead(context, rigId);
        const page = { ...head, from: listOf(query), ...(await panels(visit, head)) };
        return { title: `Rig ${rigId}`, data: page, content: (frame) => Rig({ frame, page }) };
      },
    },
  ],
};

async function panels(visit: PageVisit, head: Awaited<ReturnType<typeof rigHead>>) {
  const { context } = visit;
  const rigId = head.line.rig_id;
  const [strip, events, record, log] = await Promise.all([
    panel(visit, "contact", rigStrip(context, head.line)),
    panel(visit, "events", rigEvents(context, rigId)),
    panel(visit, "record", rigRecord(context, head)),
    panel(visit, "log", rigLog(context, rigId)),
  ]);
  return { strip, events, record, log };
}

function listOf(query: URLSearchParams): string | undefined {
  const from = query.get("from");
  return from !== null && localPath(from) === from ? from : undefined;
}
