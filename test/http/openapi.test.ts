import type { Router } from "express";
import { apiRoutes } from "../../src/http/api.js";
import { openApi } from "../../src/http/openapi.js";
import { OPERATIONS } from "../../src/http/operations/need.js";
import { isMediaType } from "../../src/http/operations/operation.js";
import { startApi, type TestApi } from "./support/api.js";
import { FakeServices } from "./support/services.js";
import { web } from "./support/web.js";

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
}

/** `get /api/v1/bans/:target` of every route that is mounted. */
function mounted(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ route, handle }) =>
    route === undefined
      ? mounted(handle.stack ?? [])
      : Object.keys(route.methods).map((method) => `${method} ${route.path}`),
  );
}

test("every route is in the document, and everything in the document is a route", () => {
  const { router } = apiRoutes(new FakeServices());
  const documented = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
  const routes = mounted((router as Router & { readonly stack: readonly Layer[] }).stack);
  expect(routes.length).toBeGreaterThan(80);
  expect([...documented].sort()).toEqual([...new Set(routes)].sort());
  expect(new Set(documented).size).toBe(documented.length);
});

test("the document is whole: every reference leads somewhere, every operation has its own name", () => {
  const document = openApi();
  const { schemas } = document.components;
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? "");
  expect(references.length).toBeGreaterThan(100);
  for (const ref of references)
    expect(Object.keys(schemas)).toContain(ref.replace("#/components/schemas/", ""));
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map((operation) => operation["operationId"]),
  );
  expect(new Set(ids).size).toBe(ids.length);
  // A body is documented by the schema that parses it, under the name by which the clients know it.
  const bodies = OPERATIONS.filter(({ body }) => body !== undefined && !isMediaType(body));
  expect(bodies.length).toBeGreaterThan(30);
  for (const { method, path } of bodies) {
    const at = JSON.stringify(document.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method]);
    expect({ at, named: /"requestBody":.*?"\$ref"/.test(at) }).toMatchObject({ named: true });
  }
  expect(schemas["AddBan"]).toMatchObject({
    properties: { target: { maxLength: 100 }, duration: { type: "string" } },
  });
  // Whatever is a refusal of ours is told in one shape.
  expect(schemas["Error"]).toMatchObject({
    additionalProperties: false,
    properties: { detail: { type: "string" }, code: { type: "string" } },
  });
});

describe("served", () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.stop());

  test("to who has signed in, as JSON and as a page without scripts", async () => {
    const site = web(api);
    expect((await site.send("GET", "/api/openapi.json")).status).toBe(401);
    const viewer = await site.as("viewer");
    const document = await viewer.send("GET", "/api/openapi.json");
    expect(JSON.parse(document.text)).toMatchObject({ openapi: "3.1.0", info: { title: "Ringfence" } });
    const page = await viewer.send("GET", "/api/docs");
    expect(page.status).toBe(200);
    expect(page.text).toContain("/api/v1/bans/{target}");
    expect(page.text).not.toMatch(/<script|https?:\/\//);
    const nonce = /nonce="([^"]+)"/.exec(page.text)?.[1] ?? "none";
    expect(page.headers["content-security-policy"]).toContain(`'nonce-${nonce}'`);
  });
});
