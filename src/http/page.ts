import type { Charts } from "../../views/frame/document.tsx";
import type { Frame, Panel } from "../../views/frame/model.ts";
import type { Markup } from "../../views/jsx-runtime.ts";
import { Fault } from "../base/fault.ts";
import type { Actor, HubContext } from "../domain/context.ts";
import type { Session } from "../domain/sessions.ts";
import type { FaultLog } from "./fault-log.ts";
import type { Hub, Visit } from "./hub.ts";

/** A signed-in person's request. */
export interface PageVisit extends Visit {
  readonly hub: Hub;
  readonly context: HubContext;
  readonly faults: FaultLog;
  readonly request: Request;
  /** The view and its state: path and query, without what a refresh adds. */
  readonly here: string;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly session: Session;
  readonly actor: Actor;
  readonly nowMs: number;
}

export interface View {
  readonly title: string;
  /** All that the page shows, as plain data: a refresh is answered without a body while it stays the same. */
  readonly data: unknown;
  /** What a refresh replaces; the frame around it stays. */
  readonly content: (frame: Frame) => Markup;
  readonly charts?: Charts;
  /** False for pages that do not refresh themselves, such as forms. */
  readonly live?: boolean;
  readonly status?: number;
}

/** GET of a page; both roles may see it unless `admin`. */
export interface Page {
  readonly path: string;
  readonly admin?: boolean;
  /** A view, or the way to another page. */
  read(visit: PageVisit): Promise<View | Response>;
}

/** GET of a file: CSV, JSON. */
export interface Download {
  readonly path: string;
  readonly admin?: boolean;
  send(visit: PageVisit): Promise<Response>;
}

/** POST of a form by an admin. Token and origin are checked before `act` runs. */
export interface Deed {
  readonly path: string;
  /** Open to viewers too: it changes nothing of the hub's. */
  readonly harmless?: boolean;
  /** Answers with a redirect (`seeOther`) or, for what is shown once, a view. */
  act(visit: PageVisit, form: URLSearchParams): Promise<Response | View>;
}

/** What one view brings. */
export interface PageSet {
  readonly pages?: readonly Page[];
  readonly downloads?: readonly Download[];
  readonly deeds?: readonly Deed[];
}

/** One part of a page: when it cannot be read, the others still stand. A refusal is for the whole page. */
export async function panel<T>({ context, requestId }: PageVisit, name: string, read: Promise<T>): Promise<Panel<T>> {
  try {
    return { value: await read };
  } catch (error) {
    if (error instanceof Fault) throw error;
    context.log.error("page.panel_failed", { panel: name, request_id: requestId, error });
    return { problem: { sentence: `The hub could not read this part (${name}).`, requestId } };
  }
}
