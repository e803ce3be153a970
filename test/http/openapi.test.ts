import { beforeAll, describe, expect, test } from "bun:test";
import { FleetEventJson } from "../../src/wire/event.ts";
import { OutcomePatchJson } from "../../src/wire/outcome.ts";
import { testHub } from "../support/hub.ts";

interface Operation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> };
  readonly responses?: Readonly<Record<string, { readonly description: string }>>;
}

/** Each call of the contract with every status that it names. */
const CONTRACT = [
  ["post", "/api/fleet/events", [201, 409, 400, 401, 403, 413, 415, 422, 429, 503]],
  ["post", "/api/fleet/events/offer", [200, 400, 401, 403, 413, 422]],
  ["get", "/api/fleet/events/{id}", [200, 404]],
  ["patch", "/api/fleet/events/{id}/outcome", [200, 400, 403, 404]],
  ["get", "/api/fleet/library", [200, 304]],
  ["get", "/api/fleet/library/stats", [200]],
  ["get", "/api/fleet/rigs", [200]],
  ["get", "/api/fleet/rigs/{id}", [200, 404]],
  ["post", "/api/fleet/rigs/register", [201, 409]],
  ["post", "/api/fleet/rigs/enrolments", [201, 409, 422]],
  ["post", "/api/fleet/rigs/{id}/revoke", [200, 404]],
  ["post", "/api/fleet/rigs/{id}/rotate-key", [200, 404]],
  ["get", "/api/fleet/dashboard/summary", [200]],
  ["get", "/api/fleet/dashboard/trends", [200, 400]],
  ["get", "/api/fleet/dashboard/outcomes", [200]],
  ["get", "/api/fleet/health", [200, 503]],
  ["post", "/api/fleet/enroll", [201, 400, 403, 404, 410, 429]],
  ["get", "/dl", [200, 404]],
  ["get", "/dl/{id}", [200, 206, 404, 416]],
  ["get", "/metrics", [200]],
  ["get", "/livez", [200]],
  ["get", "/readyz", [200, 503]],
] as const;
const PUBLIC: ReadonlySet<string> = new Set([
  "/api/fleet/health",
  "/api/fleet/enroll",
  "/metrics",
  "/livez",
  "/readyz",
]);

describe("the OpenAPI document", () => {
  const hub = testHub("embedded");
  let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {};
  beforeAll(async () => {
    ({ paths } = (await (await hub.send("GET", "/openapi")).json()) as { paths: typeof paths });
  });

  test.each(CONTRACT)("describes %s %s with its statuses", (method, path, statuses) => {
    const operation = paths[path]?.[method];
    expect(operation?.summary).toMatch(/\w/);
    expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(statuses.map(String)));
    for (const { description } of Object.values(operation?.responses ?? {})) expect(description).toMatch(/\w/);
    expect(operation?.security).toEqual(PUBLIC.has(path) ? [] : [{ key: [] }]);
    const wantsKey = ["401", "403"].every((status) => status in (operation?.responses ?? {}));
    expect(wantsKey).toBe(!PUBLIC.has(path));
    const placed = operation?.parameters?.filter((parameter) => parameter.in === "path").map(({ name }) => name) ?? [];
    expect(placed).toEqual(path.includes("{id}") ? ["id"] : []);
  });

  test("describes nothing else: no page, no asset, no catch-all", () => {
    const described = Object.entries(paths).flatMap(([path, of]) =>
      Object.keys(of).map((method) => `${method} ${path}`),
    );
    expect(described.toSorted()).toEqual(CONTRACT.map(([method, path]) => `${method} ${path}`).toSorted());
  });

  test("gives the schema of each body, as the hub checks it", () => {
    const bodyOf = (method: string, path: string): unknown =>
      paths[path]?.[method]?.requestBody?.content["application/json"]?.schema;
    const plain = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema));
    expect(bodyOf("post", "/api/fleet/events")).toEqual(plain(FleetEventJson));
    expect(bodyOf("patch", "/api/fleet/events/{id}/outcome")).toEqual(plain(OutcomePatchJson));
    expect(bodyOf("post", "/api/fleet/rigs/register")).toMatchObject({ required: ["rig_id", "well_id", "field"] });
    expect(bodyOf("get", "/api/fleet/rigs")).toBeUndefined();
  });
});
