import type { Policy } from "../policy.js";

/** What bounds the calls of one extension, beside areas and prices. Null: no limit. */
export interface ExtensionLimits {
  /** Call attempts within any 60 seconds; emergency calls are none. */
  readonly attemptsPerMinute: number | null;
  /** Calls to other countries at the same time, those that still ring among them. */
  readonly concurrentInternational: number | null;
  /** Micro-dollars within any 24 hours. */
  readonly spendMicros: number | null;
  /** The longest call to another country, seconds. */
  readonly internationalSeconds: number | null;
  /** What follows an extension's first call ever to a country. */
  readonly newCountry: "allow" | "alarm";
  /** What follows a call from a source that the extension has never called from. */
  readonly newSource: "allow" | "alarm" | "refuse";
}

export interface CallLimits extends ExtensionLimits {
  /** Micro-dollars of all extensions together within any 24 hours. */
  readonly systemSpendMicros: number | null;
  /** How long the calls of a known source are refused that behaves like a call script; null: they are not. */
  readonly scriptPauseSeconds: number | null;
}

export const DEFAULT_LIMITS: CallLimits = {
  attemptsPerMinute: 10,
  concurrentInternational: 2,
  spendMicros: 20_000_000,
  systemSpendMicros: 50_000_000,
  internationalSeconds: 3_600,
  newCountry: "alarm",
  newSource: "allow",
  scriptPauseSeconds: 600,
};

/** What holds for an extension: its own limits, each in the place of the global one. */
export function limitsFor(
  policy: Pick<Policy, "calling" | "extensions">,
  extension: string | null,
): CallLimits {
  const { limits } = policy.calling;
  if (extension === null || !Object.hasOwn(policy.extensions, extension)) return limits;
  const own = policy.extensions[extension]?.limits;
  return own === undefined ? limits : { ...limits, ...own };
}
