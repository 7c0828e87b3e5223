import { z } from "zod";
import * as contract from "./contract.js";
import { ErrorSchema } from "./contract.js";
import { OPERATIONS } from "./operations/need.js";
import { isMediaType, type MediaType, type Operation } from "./operations/operation.js";

type Json = Readonly<Record<string, unknown>>;

export interface OpenApi extends Json {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: Json & { readonly schemas: Readonly<Record<string, Json>> };
}

export interface DocumentedOperation extends Json {
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Json[];
  readonly responses: Readonly<Record<string, Json>>;
}

const RIGHT_WORDS = {
  nobody: "Needs no sign-in.",
  read: "Viewers may; tokens with the scope `read`.",
  operate: "Operators may; tokens with the scope `operate`.",
  admin: "Admins may; tokens with the scope `admin`.",
} as const;

/** What the API takes and answers, as an OpenAPI 3.1 document. It is made from the very schemas by which bodies are parsed and
 *  that the tests hold answers against; OpenAPI 3.1 takes the JSON Schema that zod makes by itself. */
export function openApi(): OpenApi {
  const answers = z.registry<{ id: string }>();
  const requests = z.registry<{ id: string }>();
  const names = new Map<unknown, string>();
  const bodies = new Set<unknown>(OPERATIONS.map(({ body }) => body));
  for (const [name, value] of Object.entries(contract)) {
    if (!(value instanceof z.ZodType) || !name.endsWith("Schema")) continue;
    const id = name.replace(/Schema$/, "");
    names.set(value, id);
    (bodies.has(value) ? requests : answers).add(value, { id });
  }
  const schemas = { ...schemasOf(requests, "input"), ...schemasOf(answers, "output") };
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  for (const operation of OPERATIONS) {
    const path = operation.path.replaceAll(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[operation.method] = documented(operation, names);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Ringfence",
      version: "1",
      description:
        "Addresses are text without port, numbers E.164 with `+`, money USD as a decimal string, times RFC 3339 in UTC. " +
        "Text of attackers (accounts, dialled digits) is passed on as it is: show it escaped.",
    },
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "`ringfence tokens add NAME --scope read`" },
        session: {
          type: "apiKey",
          in: "cookie",
          name: contract.SESSION_COOKIE,
          description: `By POST /api/v1/session; all but GET take the header ${contract.CSRF_HEADER} too.`,
        },
      },
    },
  };
}

function documented(operation: Operation, names: ReadonlyMap<unknown, string>): DocumentedOperation {
  const { method, path, summary, needs, query, body, status, answer } = operation;
  return {
    summary,
    description: RIGHT_WORDS[needs],
    operationId: `${method}${path.replaceAll(/[^a-z]+([a-z])/gi, (_all, letter: string) => letter.toUpperCase())}`,
    tags: [path.split("/")[3] ?? "api"],
    ...(needs === "nobody" && { security: [] }),
    parameters: [...pathParameters(path), ...queryParameters(query), ...ifMatch(operation)],
    ...(body !== undefined && { requestBody: { required: true, content: content(body, names) } }),
    responses: {
      [status]: {
        description: answer === null ? "Done." : "The answer.",
        ...(answer !== null && { content: content(answer, names) }),
      },
      default: {
        description: "It was not done; `detail` says why.",
        content: { "application/problem+json": { schema: reference(ErrorSchema, names) } },
      },
    },
  };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodObject | undefined): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(query);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

/** Changes of rules take the version that one looked at. */
function ifMatch({ method, needs }: Operation): Json[] {
  if (method === "get" || needs === "nobody") return [];
  const description = "The policy version that you looked at: 409 `stale` where the rules changed since.";
  return [{ name: "If-Match", in: "header", required: false, description, schema: { type: "string" } }];
}

function content(what: z.ZodType | MediaType, names: ReadonlyMap<unknown, string>): Json {
  return isMediaType(what)
    ? { [what.media]: { schema: { type: "string" } } }
    : { "application/json": { schema: reference(what, names) } };
}

function reference(schema: z.ZodType, names: ReadonlyMap<unknown, string>): Json {
  const name = names.get(schema);
  return name === undefined ? jsonSchema(schema) : { $ref: `#/components/schemas/${name}` };
}

function jsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  const made = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  delete made.$schema;
  return made;
}

function schemasOf(
  registry: z.core.$ZodRegistry<{ id: string }>,
  io: "input" | "output",
): Record<string, Json> {
  const made = z.toJSONSchema(registry, {
    io,
    unrepresentable: "any",
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([name, schema]) => {
      delete schema.$schema;
      delete schema.$id;
      return [name, schema];
    }),
  );
}
