import type { CallLimits } from "../domain/calling/limits.js";
import type { Block, Lock } from "../domain/intrusion/ban.js";
import type { Policy } from "../domain/policy.js";
import type { Registration } from "../domain/registration/affected.js";
import type { AllowListBook, AllowListInForce } from "./allow-lists.js";
import type { RefusedByList } from "./allow-lists-registrations.js";
import type { Spend } from "./limits.js";
import type { AsteriskFacts, Clock, KnownSource, KnownSourceStore, Log, Trunk } from "./ports.js";
import type { AreasInForce, CapInForce, LimitsInForce, Rules } from "./rules.js";

export interface ExtensionParts {
  /** What Asterisk said last; null before its first answer. */
  readonly facts: () => AsteriskFacts | null;
  readonly trunks: () => readonly Trunk[];
  readonly registered: () => Promise<readonly Registration[]>;
  readonly refusedLately: (account: string) => readonly RefusedByList[];
  readonly rules: Pick<Rules, "policy" | "areas" | "cap" | "limits">;
  readonly allowLists: Pick<AllowListBook, "show">;
  readonly known: Pick<KnownSourceStore, "ofAccount">;
  readonly blocksOf: (account: string) => readonly Block[];
  readonly lockOf: (account: string) => Lock | null;
  /** Why a list, block or lock of the account is not in force in Asterisk; null where it is. */
  readonly faultOf: (account: string) => string | null;
  readonly spend: (extension: string) => Spend;
  readonly clock: Clock;
  readonly log: Log;
}

/** Which rules an extension has of its own, in the place of the global ones. */
export interface OwnRules {
  readonly areas: boolean;
  readonly prefixes: boolean;
  readonly cap: boolean;
  readonly limits: readonly (keyof CallLimits)[];
  readonly allowList: boolean;
}

export interface ExtensionSummary {
  readonly name: string;
  readonly kind: "extension" | "trunk";
  /** Null: Asterisk could not be asked. */
  readonly registrations: readonly Registration[] | null;
  readonly own: OwnRules;
  readonly blocks: readonly Block[];
  readonly lock: Lock | null;
  readonly spend: Spend;
}

/** A rule that holds for the extension, beside the global one. */
export interface SideBySide<T> {
  readonly inForce: T;
  readonly global: T;
}

export interface ExtensionWhole extends ExtensionSummary {
  /** False: it has rules or a history here, and Asterisk does not list it. */
  readonly inAsterisk: boolean;
  /** The latest first, at most 100. */
  readonly known: readonly KnownSource[];
  readonly knownInAll: number;
  readonly refusedLately: readonly RefusedByList[];
  readonly areas: SideBySide<AreasInForce>;
  readonly cap: SideBySide<CapInForce>;
  readonly limits: SideBySide<LimitsInForce>;
  readonly allowList: SideBySide<AllowListInForce>;
  /** Why Asterisk does not enforce what is set for it here; null where it does. */
  readonly fault: string | null;
}

export interface ExtensionPage {
  readonly extensions: readonly ExtensionSummary[];
  /** To be given as `after`; null: this was the last page. */
  readonly next: string | null;
  readonly total: number;
  /** Asterisk's version; null: it has not answered yet, and who has rules of their own is all that is known. */
  readonly asterisk: string | null;
}

export interface ExtensionFilter {
  /** Part of the name, or of an address or user agent that it is registered with. */
  readonly text: string | null;
  readonly kind: "extension" | "trunk" | null;
  readonly registered: boolean | null;
}

/** An extension that moves through mobile networks has another address every hour: nobody reads further. */
const MOST_KNOWN = 100;

/** The endpoints that Asterisk has, and what is known of each here. Names and user agents are others' text. */
export class Extensions {
  constructor(private readonly parts: ExtensionParts) {}

  async list(filter: ExtensionFilter, after: string | null, limit: number): Promise<ExtensionPage> {
    const registered = await this.registered();
    const text = filter.text?.toLowerCase() ?? null;
    const found = this.names()
      .map((name) => ({ name, kind: this.kindOf(name), registrations: registered?.get(name) ?? [] }))
      .filter(({ name, kind, registrations }) => {
        if (filter.kind !== null && kind !== filter.kind) return false;
        if (filter.registered !== null && registrations.length > 0 !== filter.registered) return false;
        const texts = [name, ...registrations.flatMap((each) => [each.address ?? "", each.userAgent ?? ""])];
        return text === null || texts.some((each) => each.toLowerCase().includes(text));
      });
    const from = after === null ? 0 : found.findIndex(({ name }) => compareNames(name, after) > 0);
    const page = from < 0 ? [] : found.slice(from, from + limit);
    const more = from >= 0 && found.length > from + limit;
    return {
      extensions: page.map(({ name }) => this.summaryOf(name, registered)),
      next: more ? (page.at(-1)?.name ?? null) : null,
      total: found.length,
      asterisk: this.parts.facts()?.version ?? null,
    };
  }

  /** Null where neither Asterisk nor anything here knows the name. */
  async show(name: string): Promise<ExtensionWhole | null> {
    const known = this.parts.known.ofAccount(name);
    const inAsterisk = this.parts.facts()?.endpoints.includes(name) ?? false;
    if (!inAsterisk && known.length === 0 && !this.names().includes(name)) return null;
    const { rules, allowLists, refusedLately, faultOf } = this.parts;
    return {
      ...this.summaryOf(name, await this.registered()),
      inAsterisk,
      known: known.slice(0, MOST_KNOWN),
      knownInAll: known.length,
      refusedLately: refusedLately(name),
      areas: { inForce: rules.areas(name), global: rules.areas(null) },
      cap: { inForce: rules.cap(name), global: rules.cap(null) },
      limits: { inForce: rules.limits(name), global: rules.limits(null) },
      allowList: { inForce: allowLists.show(name), global: allowLists.show(null) },
      fault: faultOf(name),
    };
  }

  /** Those of Asterisk, and those that have rules of their own though Asterisk does not list them. */
  private names(): string[] {
    const own = Object.keys(this.parts.rules.policy().extensions);
    return [...new Set([...(this.parts.facts()?.endpoints ?? []), ...own])].sort(compareNames);
  }

  private kindOf(name: string): "extension" | "trunk" {
    return this.parts.trunks().some(({ endpoint }) => endpoint === name) ? "trunk" : "extension";
  }

  private summaryOf(
    name: string,
    registered: ReadonlyMap<string, readonly Registration[]> | null,
  ): ExtensionSummary {
    const { blocksOf, lockOf, spend, rules } = this.parts;
    return {
      name,
      kind: this.kindOf(name),
      registrations: registered === null ? null : (registered.get(name) ?? []),
      own: ownRulesOf(rules.policy(), name),
      blocks: blocksOf(name),
      lock: lockOf(name),
      spend: spend(name),
    };
  }

  /** By extension; null where Asterisk can't be asked, which the page must say rather than fail for. */
  private async registered(): Promise<ReadonlyMap<string, readonly Registration[]> | null> {
    try {
      const byName = new Map<string, Registration[]>();
      for (const each of await this.parts.registered()) {
        byName.set(each.extension, [...(byName.get(each.extension) ?? []), each]);
      }
      return byName;
    } catch (error) {
      this.parts.log.warn("Asterisk did not say who is registered", { error });
      return null;
    }
  }
}

function ownRulesOf({ extensions }: Policy, name: string): OwnRules {
  const own = Object.hasOwn(extensions, name) ? extensions[name] : undefined;
  return {
    areas: own?.openAreas !== undefined,
    prefixes: own?.prefixRules !== undefined,
    cap: own?.capMicrosPerMinute !== undefined,
    limits: Object.keys(own?.limits ?? {}) as (keyof CallLimits)[],
    allowList: own?.allowList !== undefined,
  };
}

/** 99 before 100, and the same order whatever the machine's language. */
function compareNames(a: string, b: string): number {
  const [one, other] = [digitsOf(a), digitsOf(b)];
  if (one !== null && other !== null && one !== other) return one - other;
  if ((one === null) !== (other === null)) return one === null ? 1 : -1;
  return a < b ? -1 : Number(a > b);
}

function digitsOf(name: string): number | null {
  return /^\d{1,15}$/.test(name) ? Number(name) : null;
}
