import { Fault } from "../../src/base/fault.ts";
import { suggestion } from "../../src/base/nearest.ts";

export type Method = "GET" | "POST";
export type Handler = (request: Request) => Response | Promise<Response>;
export type Routes = Readonly<Record<string, Partial<Record<Method, Handler>>>>;

/** Faults: `not_found`, with the nearest path; `method_not_allowed`. */
export function pickHandler(routes: Routes, request: Request): Handler {
  const { pathname } = new URL(request.url);
  const methods = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
  if (methods === undefined) {
    throw new Fault(
      "not_found",
      `there is nothing at ${pathname.slice(0, 100)}`,
      suggestion(pathname, Object.keys(routes)),
    );
  }
  const handler = methods[request.method as Method];
  if (handler !== undefined) return handler;
  throw new Fault(
    "method_not_allowed",
    `${pathname} does not take ${request.method}`,
    `use ${Object.keys(methods).join(" or ")}`,
  );
}
