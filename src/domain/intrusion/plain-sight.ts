import type { BanEvidence } from "./ban.js";

/** What a sender's own doing says, whichever accounts exist: calls fail where registrations succeed, more names than a phone has
 *  lines, tries faster than a phone makes them. Null: no more than that something it sends does not fit. */
export type PlainSight = "calls-fail" | "many-names" | "too-fast" | null;

type Seen = Pick<BanEvidence, "tried" | "accounts"> &
  Partial<Pick<BanEvidence, "methods" | "lastSuccessAtMs" | "lastAtMs">>;

const MANY_NAMES = 3;
const FAST_MS = 500;
const REGISTERED_LATELY_MS = 24 * 3_600_000;

export function plainSightOf(seen: Seen): PlainSight {
  const names = namesOf(seen);
  // Before their number: a phone system that sends calls as whoever calls uses a name for each.
  if (hasRegistered(seen) && areCalls(seen, names)) return "calls-fail";
  if (names.length > MANY_NAMES) return "many-names";
  return seen.tried.some(({ gapMs }) => gapMs !== null && gapMs < FAST_MS) ? "too-fast" : null;
}

/** All names that were tried, each once. */
export function namesOf({ tried, accounts }: Pick<Seen, "tried" | "accounts">): string[] {
  return [...new Set([...accounts, ...tried.map(({ name }) => name)])];
}

function hasRegistered({ lastSuccessAtMs = null, lastAtMs = null }: Seen): boolean {
  return lastSuccessAtMs !== null && lastAtMs !== null && lastSuccessAtMs >= lastAtMs - REGISTERED_LATELY_MS;
}

/** Without the mirror nobody tells a call from a registration: names that are telephone numbers are callers. */
function areCalls({ methods = [] }: Seen, names: readonly string[]): boolean {
  if (methods.length > 0) return methods.includes("INVITE") && !methods.includes("REGISTER");
  return names.length > 0 && names.every((name) => /^\+?\d{7,15}$/.test(name));
}
