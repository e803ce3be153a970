import { json } from "./replies.ts";
import type { Route } from "./hub.ts";

/**
 * What a path takes, for those who ask by another method; nothing for a path that there is not. A path that is written
 * out goes before one with a gap, as OpenAPI reads them: nobody looks for a rig named `register`.
 */
export function methodsOf(routes: readonly Pick<Route, "method" | "path">[]): (pathname: string) => string[] {
  const known = routes.map(({ method, path }) => ({ method, path, pattern: patternOf(path) }));
  return (pathname) => {
    const written = known.filter(({ path }) => path === pathname);
    const found = written.length > 0 ? written : known.filter(({ pattern }) => pattern.test(pathname));
    const methods = found.map(({ method }) => method);
    // Whoever may GET may ask for the headers alone.
    return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))].toSorted();
  };
}

/** 405, with the methods that the path does take. */
export function wrongMethod(method: string, allowed: readonly string[]): Response {
  const sentence = `this path does not take ${method}: use ${allowed.join(", ")}`;
  return json(405, { error: sentence, code: "method_not_allowed" }, { Allow: allowed.join(", ") });
}

function patternOf(path: string): RegExp {
  const literal = path.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll(/:\w+/g, "[^/]+").replaceAll("*", ".+")}$`);
}
