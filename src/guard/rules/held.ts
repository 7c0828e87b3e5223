import type { Policy } from "../../domain/policy.js";

/** The rules of the moment, and the one way to put others in their place. */
export interface HeldRules {
  readonly policy: () => Policy;
  /** Stores and tells. @param what says in words what is done, for the audit */
  readonly change: (next: Policy, by: string, what: string) => void;
}

/** An edit that was not made: `message` says what to do instead. */
export interface RuleRefused {
  readonly refused: "refused" | "not-found" | "stale";
  readonly message: string;
}

export function extensionFault(extension: string | null): RuleRefused | null {
  if (extension === null || (/^[\w.@+-]{1,80}$/.test(extension) && extension !== "__proto__")) return null;
  const message =
    "an extension is the name of an endpoint in Asterisk, such as 100: letters, digits, . _ @ + -";
  return { refused: "refused", message };
}

export function named(extension: string): string {
  return /^[\w.@+-]{1,80}$/.test(extension) ? `extension ${extension}` : "that extension";
}

export function forWhom(extension: string | null): string {
  return extension === null ? "" : ` for extension ${extension}`;
}
