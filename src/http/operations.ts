import type { Right } from "../domain/access.js";

type Method = "get" | "post" | "put" | "patch" | "delete";

/** `nobody`: whoever reaches the port. */
export type Need = Right | "nobody";

const V1 = "/api/v1";

/** Who may do what. What is not here takes an admin. */
const NEEDS: readonly (readonly [Need, Method, string])[] = [
  ["nobody", "post", "/session"],
  ["read", "get", "/session"],
  ["read", "delete", "/session"],
  ["read", "put", "/account/password"],
  ["read", "post", "/account/totp"],
  ["read", "put", "/account/totp"],
  ["read", "delete", "/account/totp"],
  ["admin", "get", "/users"],
  ["admin", "get", "/tokens"],
  ["read", "get", "/status"],
  ["read", "get", "/overview"],
  ["read", "get", "/places"],
  ["read", "get", "/events"],
  ["read", "get", "/audit"],
  ["read", "get", "/why/:target"],
  ["read", "get", "/bans"],
  ["read", "get", "/bans/:target"],
  ["operate", "post", "/bans"],
  ["operate", "post", "/bans/import"],
  ["operate", "put", "/bans/:target/note"],
  ["operate", "delete", "/bans/:target"],
  ["read", "get", "/proposals"],
  ["operate", "post", "/proposals/:network/accept"],
  ["operate", "post", "/proposals/:network/dismiss"],
  ["read", "get", "/blocks"],
  ["operate", "post", "/blocks"],
  ["operate", "put", "/blocks/:account/:source/note"],
  ["operate", "delete", "/blocks/:account/:source"],
  ["read", "get", "/locks"],
  ["operate", "post", "/locks"],
  ["operate", "delete", "/locks/:account"],
  ["read", "get", "/pins"],
  ["operate", "put", "/extensions/:name/pin"],
  ["operate", "delete", "/extensions/:name/pin"],
  ["read", "get", "/notifications"],
  ["read", "get", "/calls"],
  ["read", "get", "/calls.csv"],
  ["read", "post", "/check-call"],
  ["read", "post", "/check-call/batch"],
  ["read", "get", "/decks"],
  ["read", "get", "/trunk-decks"],
  ["read", "get", "/rate-rules"],
  ["read", "get", "/rates/:digits"],
  ["read", "get", "/areas"],
  ["read", "get", "/areas/high-risk"],
  ["read", "get", "/never-ban"],
  ["read", "get", "/detection"],
  ["read", "get", "/detection/shadow"],
  ["read", "get", "/detection/shadow/results"],
  ["read", "get", "/cap"],
  ["read", "get", "/limits"],
  ["read", "get", "/spend"],
  ["read", "get", "/dial-plan"],
  ["read", "post", "/dial-plan/preview"],
  ["read", "get", "/allow-list"],
  ["read", "post", "/allow-list/preview"],
  ["operate", "post", "/allow-list/entries"],
  ["operate", "post", "/allow-list/entries/remove"],
];

const MATCHERS = NEEDS.map(([need, method, path]) => ({ need, method, pattern: patternOf(V1 + path) }));
const ORDER: readonly Need[] = ["nobody", "read", "operate", "admin"];

/** What a request takes. Where a path fits several templates the most demanding one holds; what fits none takes an admin, so
 *  that a route nobody thought of here is open to no one else. */
export function needOf(method: string, path: string): Need {
  // HEAD is answered by the route of GET.
  const asked = method === "HEAD" ? "get" : method.toLowerCase();
  const found = MATCHERS.filter((each) => each.method === asked && each.pattern.test(path)).map(({ need }) =>
    ORDER.indexOf(need),
  );
  return found.length === 0 ? "admin" : (ORDER[Math.max(...found)] ?? "admin");
}

/** Stricter than the router, which takes capital letters and a slash at the end as well: those take an admin. */
function patternOf(template: string): RegExp {
  const parts = template
    .split("/")
    .map((part) => (part.startsWith(":") ? "[^/]+" : part.replaceAll(".", "\\.")));
  return new RegExp(`^${parts.join("/")}$`);
}
