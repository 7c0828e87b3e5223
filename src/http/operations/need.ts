import { callingOperations } from "./calling.js";
import { fenceOperations } from "./fence.js";
import type { Need, Operation } from "./operation.js";
import { peopleOperations } from "./people.js";

/** All that can be asked. A route that is not here takes an admin, and fails a test. */
export const OPERATIONS: readonly Operation[] = [
  ...peopleOperations,
  ...fenceOperations,
  ...callingOperations,
];

const ORDER: readonly Need[] = ["nobody", "read", "operate", "admin"];
const MATCHERS = OPERATIONS.map((operation) => ({ operation, pattern: patternOf(operation.path) }));

/** What a request takes. Where a path fits several operations the most demanding one holds; what fits none takes an admin, so
 *  that a route nobody thought of here is open to no one else. */
export function needOf(method: string, path: string): Need {
  const found = operationsOf(method, path).map(({ needs }) => ORDER.indexOf(needs));
  return found.length === 0 ? "admin" : (ORDER[Math.max(...found)] ?? "admin");
}

export function operationsOf(method: string, path: string): Operation[] {
  // HEAD is answered by the route of GET.
  const asked = method === "HEAD" ? "get" : method.toLowerCase();
  return MATCHERS.filter(({ operation, pattern }) => operation.method === asked && pattern.test(path)).map(
    ({ operation }) => operation,
  );
}

/** Stricter than the router, which takes capital letters and a slash at the end as well: those take an admin. */
function patternOf(template: string): RegExp {
  const parts = template
    .split("/")
    .map((part) => (part.startsWith(":") ? "[^/]+" : part.replaceAll(".", "\\.")));
  return new RegExp(`^${parts.join("/")}$`);
}
