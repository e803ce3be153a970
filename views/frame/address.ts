/** What an address changes to; undefined, null and the empty text leave a name out. */
export type Changes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A path with a query, names without a value left out: the shortest address of a view. */
export function address(path: string, query: Changes = {}): string {
  return withQuery(path, query);
}

/** The same view with another state: names of `changes` replaced, all others kept. */
export function withQuery(here: string, changes: Changes): string {
  const [path = "/", search = ""] = splitOnce(here, "?");
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === null || value === "" || value === false) query.delete(name);
    else query.set(name, value === true ? "1" : `${value}`);
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

export function pathOf(here: string): string {
  return splitOnce(here, "?")[0] ?? here;
}

export function queryOf(here: string): URLSearchParams {
  return new URLSearchParams(splitOnce(here, "?")[1] ?? "");
}

export function eventHref(id: string): string {
  return `/events/${encodeURIComponent(id)}`;
}

export function rigHref(id: string): string {
  return `/rigs/${encodeURIComponent(id)}`;
}

export function rigKeysHref(id: string): string {
  return `/admin/rigs/${encodeURIComponent(id)}`;
}

export function episodeHref(id: string): string {
  return `/episodes/${encodeURIComponent(id)}`;
}

function splitOnce(text: string, at: string): string[] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}
