import { openapi } from "@elysiajs/openapi";
import { Elysia } from "elysia";
import { DATA_POLICY } from "./safe-headers.ts";

export const DOCUMENT_PATH = "/openapi";

/** The OpenAPI document at /openapi, as JSON: the viewers that the plugin offers load their script from elsewhere. */
export function documentation(version: string) {
  const headers = { "X-Content-Type-Options": "nosniff", "Content-Security-Policy": DATA_POLICY };
  const document = openapi({
    path: "/openapi/viewer",
    specPath: DOCUMENT_PATH,
    provider: null,
    documentation: {
      info: { title: "Fleet Hub", version, description: "What one drilling rig learned, every other rig knows" },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
      security: [{ key: [] }],
    },
  });
  return new Elysia().headers(headers).use(document);
}
