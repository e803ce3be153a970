import { Rigs } from "../../../views/rigs/rigs.tsx";
import { eachRig, RIG_SORTS, RIG_STATES, rigsPage, type RigsWish } from "../../domain/dashboard/rigs.ts";
import { CAMPAIGNS } from "../../wire/vocabulary.ts";
import { csvReply } from "../csv.ts";
import type { PageSet, PageVisit } from "../page.ts";
import { afterOf, choice, flag, given, sizeOf, sortOf } from "../query.ts";
import { RIG_CSV } from "./rigs-csv.ts";

export const rigPages: PageSet = {
  pages: [
    {
      path: "/rigs",
      async read({ context, query }) {
        const { wish, filter, sort } = wishOf(query);
        const size = sizeOf(query);
        const read = await rigsPage(context, { ...wish, ...afterOf(query), limit: size });
        const page = { filter, sort, size, ...read };
        return { title: "Rigs", data: page, content: (frame) => Rigs({ frame, page }) };
      },
    },
  ],
  downloads: [
    {
      path: "/rigs.csv",
      send({ context, query, nowMs }) {
        const { wish, filter } = wishOf(query);
        const zone = choice(query, "zone", ["utc", "rig"]) ?? "utc";
        const pages = eachRig(context, wish);
        return csvReply({
          name: "rigs",
          nowMs,
          filter: named(filter),
          zone,
          columns: RIG_CSV,
          pages,
          log: context.log,
        });
      },
    },
  ],
};

/** The same for the list and for its file. Faults: `invalid_request`. */
function wishOf(query: PageVisit["query"]) {
  const { by, down, text: sort } = sortOf(query, RIG_SORTS, "state");
  const filter = {
    state: choice(query, "state", RIG_STATES),
    field: given(query, "field"),
    campaign: choice(query, "campaign", CAMPAIGNS),
    behind: flag(query, "behind"),
    oldSpoke: choice(query, "spoke", ["old"]) !== undefined,
    text: given(query, "q"),
  };
  const wish: Omit<RigsWish, "limit"> = { filters: filter, sort: by, descending: down };
  return { wish, filter, sort };
}

function named(filter: object): (readonly [string, string])[] {
  return Object.entries(filter)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => [name, String(value)]);
}
