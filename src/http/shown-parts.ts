/** Views that are remembered, some 50 kB each; one that is forgotten is sent whole. */
const VIEWS_MAX = 100;
/** Ids that stand in a comment as they are. */
const SECTION = /<section aria-labelledby="([\w.:-]+)"[^]*?<\/section>/g;
const ISLAND = /<script type="application\/json" id="([\w.:-]+)"[^]*?<\/script>/g;
const FORM = /<form id="([\w.:-]+)"[^]*?<\/form>/g;
const COLUMN = /<g id="([\w.:-]+)"[^]*?<\/g>/g;
/** In this order: what is outermost first. */
const WHOLE = [SECTION, FORM, ISLAND, COLUMN];
const ROW = /<tr id="([\w.:-]+)"[^]*?<\/tr>/g;
const CELL = /<t([dh])[ >][^]*?<\/t\1>/g;
/** What differs from one reply to the next and says nothing new: our script keeps ages, and any token of a session is good. */
const AGE = / data-age="">[^<]*/g;
const TOKEN = /name="form_token" value="[^"]*"/g;

/** What stands on the pages of those who look, so that a refresh carries only what changed. */
export interface ShownParts {
  /** The page that `shown` names was sent with this in it. */
  remember(shown: string, html: string): void;
  /**
   * The same view with a mark in the place of what stands on the page already: `<!--same ID-->` for a section, a
   * form, a row, a column of a chart or data of a script, `<!--same ID 2+3-->` for three cells of a row from the third on.
   */
  since(shownBefore: string, html: string): string;
}

type Hash = number | bigint;

interface Part {
  readonly hash: Hash;
  /** Of a row. */
  readonly cells: readonly Hash[];
}

/** A cache of this hub alone: another one knows nothing of a page and sends all of it. `seed` keeps its hashes unforeseen. */
export function createShownParts(seed: number): ShownParts {
  const views = new Map<string, string>();
  const hashOf = (text: string): Hash => Bun.hash(text, seed);
  return {
    remember(shown, html) {
      views.delete(shown);
      views.set(shown, html);
      if (views.size <= VIEWS_MAX) return;
      const [oldest] = views.keys();
      if (oldest !== undefined) views.delete(oldest);
    },
    since(shownBefore, html) {
      const shown = views.get(shownBefore);
      const bare = ageless(html);
      if (shown === undefined) return bare;
      // Taken apart only now: most pages are left before they are refreshed.
      const before = partsOf(shown, hashOf);
      const isSame = (part: string, id: string): boolean => before.get(id)?.hash === hashOf(tokenless(part));
      const mark = (part: string, id: string): string => (isSame(part, id) ? `<!--same ${id}-->` : part);
      const markRow = (row: string, id: string): string =>
        isSame(row, id) ? `<!--same ${id}-->` : rowSince(row, id, { before: before.get(id)?.cells ?? [], hashOf });
      return WHOLE.reduce((text, kind) => text.replaceAll(kind, mark), bare).replaceAll(ROW, markRow);
    },
  };
}

function partsOf(html: string, hashOf: (text: string) => Hash): Map<string, Part> {
  const parts = new Map<string, Part>();
  const bare = tokenless(ageless(html));
  for (const kind of WHOLE) {
    for (const [part, id = ""] of bare.matchAll(kind)) parts.set(id, { hash: hashOf(part), cells: [] });
  }
  for (const [row, id = ""] of bare.matchAll(ROW)) {
    parts.set(id, { hash: hashOf(row), cells: cellsOf(row).map(hashOf) });
  }
  return parts;
}

interface RowBefore {
  readonly before: readonly Hash[];
  readonly hashOf: (text: string) => Hash;
}

/** A row of another shape comes whole. */
function rowSince(row: string, id: string, { before, hashOf }: RowBefore): string {
  const cells = cellsOf(row);
  if (cells.length !== before.length) return row;
  const isSame = cells.map((cell, nth) => hashOf(tokenless(cell)) === before[nth]);
  let written = row.slice(0, row.indexOf(cells[0] ?? ""));
  for (let at = 0; at < cells.length;) {
    const changed = isSame.indexOf(false, at);
    const until = changed === -1 ? cells.length : changed;
    if (until > at) written += `<!--same ${id} ${at}+${until - at}-->`;
    written += cells[until] ?? "";
    at = until + 1;
  }
  return `${written}</tr>`;
}

function cellsOf(row: string): string[] {
  return row.match(CELL) ?? [];
}

function ageless(html: string): string {
  return html.replaceAll(AGE, ' data-age="">');
}

function tokenless(html: string): string {
  return html.replaceAll(TOKEN, "");
}
