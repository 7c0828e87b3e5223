import { formatIp, parseIp } from "../domain/address.js";
import { thrownOut, type Registration } from "../domain/registration/affected.js";
import {
  effectiveList,
  lets,
  type AllowList,
  type RegistrationRules,
} from "../domain/registration/allow-list.js";
import { parseEntry, type AllowEntry } from "../domain/registration/entry.js";
import { BEING_TOLD } from "./account-acls.js";
import type { RefusedByList } from "./allow-lists-registrations.js";
import { nobodyRefusal, nobodyWarning, shutsAll } from "./allow-lists-nobody.js";
import { listsOf } from "./allow-lists-permits.js";
import type { AllowListHistory, Clock } from "./ports.js";
import { ownRules, sameJson, withAllowList } from "./rule-edits.js";
import type { Rules } from "./rules.js";
import { extensionFault, type RuleRefused } from "./rules/held.js";

export interface AllowListParts {
  readonly rules: Pick<Rules, "policy" | "edit">;
  readonly history: AllowListHistory;
  readonly registered: () => Promise<readonly Registration[]>;
  /** Asterisk's endpoints; null while it has not said. */
  readonly endpoints: () => readonly string[] | null;
  readonly isTrunk: (account: string) => boolean;
  /** Why the list of an account, or null: the global one, is not in force in Asterisk; null where it is. */
  readonly faultOf: (account: string | null) => string | null;
  /** Whom a list refused lately, newest first. */
  readonly refused: (of: { readonly account?: string }) => readonly RefusedByList[];
  readonly clock: Clock;
}

/** An entry as somebody asks for it. */
export interface EntryWish {
  readonly text: string;
  readonly note: string | null;
  readonly untilMs: number | null;
}

export interface ListWish {
  readonly on: boolean;
  readonly entries: readonly EntryWish[];
  /** That nobody may register is meant. */
  readonly nobody: boolean;
}

export interface AllowListInForce {
  readonly scope: "global" | "own";
  readonly list: AllowList;
  readonly runningCalls: RegistrationRules["runningCalls"];
  /** Extensions that have a list of their own; for an extension, none. */
  readonly own: readonly string[];
  /** What to think of, in sentences. */
  readonly warnings: readonly string[];
  readonly policyVersion: number;
}

export interface Preview {
  readonly list: AllowList;
  readonly throwsOut: readonly Registration[];
  /** The address of whoever asks, where it is known, and whether it could register. */
  readonly you: { readonly address: string; readonly listed: boolean } | null;
  readonly warnings: readonly string[];
}

const MOST_ENTRIES = 1_000;

/** From where phones may register: the lists, and every way to change them. `extension` null: the global list. An edit takes effect
 *  at once; Registrations and AccountAcls are told by the policy. */
export class AllowListBook {
  constructor(private readonly parts: AllowListParts) {}

  show(extension: string | null): AllowListInForce {
    const policy = this.parts.rules.policy();
    const own = extension === null ? undefined : ownRules(policy, extension)?.allowList;
    const { scope, list } = effectiveList(policy.registration.allowList, own);
    return {
      scope,
      list,
      runningCalls: policy.registration.runningCalls,
      own: extension === null ? [...listsOf(policy).own.keys()] : [],
      warnings: [...this.warningsOf(list, extension), ...this.notInForce(list, extension)],
      policyVersion: policy.version,
    };
  }

  set(wish: ListWish, extension: string | null, by: string): AllowListInForce | RuleRefused {
    const parsed = this.listOf(wish);
    if ("refused" in parsed) return parsed;
    const what = wish.on
      ? `turned the allow-list on with ${entriesText(parsed)}`
      : "turned the allow-list off";
    return this.put(parsed, wish.nobody, extension, by, what);
  }

  /** Off, the entries are kept; on, they count again. */
  turn(on: boolean, nobody: boolean, extension: string | null, by: string): AllowListInForce | RuleRefused {
    const { list } = this.show(extension);
    return this.put({ ...list, on }, nobody, extension, by, `turned the allow-list ${on ? "on" : "off"}`);
  }

  /** An extension that had no list of its own gets one: the global list with this entry. */
  add(entry: EntryWish, extension: string | null, by: string): AllowListInForce | RuleRefused {
    const parsed = parseEntries([entry]);
    if ("refused" in parsed) return parsed;
    const { list } = this.show(extension);
    const others = list.entries.filter(({ text }) => !sameEntry(text, entry.text));
    const next = { ...list, entries: [...others, ...parsed.entries] };
    if (next.entries.length > MOST_ENTRIES) return tooMany();
    const texts = parsed.entries.map(({ text }) => text).join(" ");
    return this.put(next, false, extension, by, `put ${texts} on the allow-list`);
  }

  remove(
    text: string,
    nobody: boolean,
    extension: string | null,
    by: string,
  ): AllowListInForce | RuleRefused {
    const { list } = this.show(extension);
    const entries = list.entries.filter((entry) => !sameEntry(entry.text, text));
    if (entries.length === list.entries.length) {
      const parsed = parseEntry(text);
      return {
        refused: "not-found",
        message: "error" in parsed ? parsed.error : `${parsed.text} is not on the list`,
      };
    }
    const what = `took ${list.entries.find((entry) => sameEntry(entry.text, text))?.text ?? ""} off the allow-list`;
    return this.put({ ...list, entries }, nobody, extension, by, what);
  }

  /** Takes an extension's own list away, so that the global one holds for it again. */
  inherit(extension: string, by: string): AllowListInForce | RuleRefused {
    const { rules } = this.parts;
    if (ownRules(rules.policy(), extension)?.allowList === undefined) {
      return { refused: "not-found", message: "that extension has no allow-list of its own" };
    }
    const what = `took the own allow-list away for extension ${extension}`;
    rules.edit(withAllowList(rules.policy(), extension, null), by, what);
    return this.show(extension);
  }

  /** Brings the list before the last change back; a second undo takes that back. */
  undo(extension: string | null, nobody: boolean, by: string): AllowListInForce | RuleRefused {
    const { rules, history } = this.parts;
    const before = history.before(extension);
    if (before === null) return { refused: "not-found", message: "this allow-list was never changed" };
    if (before.list === null) {
      if (extension !== null)
        rules.edit(withAllowList(rules.policy(), extension, null), by, undoText(extension));
      return this.show(extension);
    }
    return this.put(before.list, nobody, extension, by, "brought the allow-list before back");
  }

  setRunningCalls(runningCalls: RegistrationRules["runningCalls"], by: string): AllowListInForce {
    const { rules } = this.parts;
    const policy = rules.policy();
    if (policy.registration.runningCalls !== runningCalls) {
      const next = { ...policy, registration: { ...policy.registration, runningCalls } };
      const become = runningCalls === "end" ? "ended" : "kept";
      rules.edit(next, by, `set that running calls of phones off the list are ${become}`);
    }
    return this.show(null);
  }

  /** Requests that a list refused lately, newest first. @param extension null: of all */
  refused(extension: string | null): readonly RefusedByList[] {
    return this.parts.refused(extension === null ? {} : { account: extension });
  }

  /** What `set` would do. @param from the address of whoever asks, where it is known */
  async preview(
    wish: Pick<ListWish, "on" | "entries">,
    extension: string | null,
    from: string | null,
  ): Promise<Preview | RuleRefused> {
    const list = this.listOf(wish);
    if ("refused" in list) return list;
    const fault = this.faultOf(extension);
    if (fault !== null) return fault;
    const nowMs = this.parts.clock.nowMs();
    const after = listsOf(withAllowList(this.parts.rules.policy(), extension, list));
    const registered = (await this.parts.registered()).filter((registration) =>
      extension === null ? !after.own.has(registration.extension) : registration.extension === extension,
    );
    const ip = from === null ? null : parseIp(from);
    const address = ip === null ? null : formatIp(ip);
    return {
      list,
      throwsOut: thrownOut(registered, after, nowMs),
      you: address === null ? null : { address, listed: lets(list, address, nowMs) },
      warnings: this.warningsOf(list, extension),
    };
  }

  private put(
    list: AllowList,
    nobody: boolean,
    extension: string | null,
    by: string,
    what: string,
  ): AllowListInForce | RuleRefused {
    const { rules, clock } = this.parts;
    const fault = this.faultOf(extension);
    if (fault !== null) return fault;
    if (shutsAll(list, clock.nowMs()) && !nobody)
      return { refused: "refused", message: nobodyRefusal(extension) };
    const policy = rules.policy();
    const held = extension === null ? policy.registration.allowList : ownRules(policy, extension)?.allowList;
    if (!sameJson(held, list)) {
      const whom = extension === null ? "" : ` for extension ${extension}`;
      rules.edit(withAllowList(policy, extension, list), by, `${what}${whom}`);
    }
    // Asterisk takes a moment after each change, which is nothing to warn of.
    const { warnings, ...shown } = this.show(extension);
    return { ...shown, warnings: warnings.filter((warning) => !warning.includes(BEING_TOLD)) };
  }

  private listOf({ on, entries }: Pick<ListWish, "on" | "entries">): AllowList | RuleRefused {
    if (entries.length > MOST_ENTRIES) return tooMany();
    const parsed = parseEntries(entries);
    return "refused" in parsed ? parsed : { on, entries: parsed.entries };
  }

  private faultOf(extension: string | null): RuleRefused | null {
    const fault = extensionFault(extension);
    if (fault !== null || extension === null || !this.parts.isTrunk(extension)) return fault;
    return { refused: "refused", message: `${extension} is a trunk, and trunks have no allow-list` };
  }

  private warningsOf(list: AllowList, extension: string | null): string[] {
    const warnings = shutsAll(list, this.parts.clock.nowMs()) ? [nobodyWarning(extension)] : [];
    if (extension === null || !this.isUnknown(extension)) return warnings;
    return [...warnings, `Asterisk has no endpoint ${extension}: the list waits for it.`];
  }

  private notInForce(list: AllowList, extension: string | null): string[] {
    if (extension !== null && (!list.on || this.isUnknown(extension))) return [];
    const fault = this.parts.faultOf(extension);
    return fault === null ? [] : [`The list is not in force in Asterisk: ${fault}.`];
  }

  private isUnknown(extension: string): boolean {
    return this.parts.endpoints()?.includes(extension) === false;
  }
}

function entriesText({ entries }: AllowList): string {
  if (entries.length === 0) return "no entry";
  const shown = entries.slice(0, 10).map(({ text }) => text);
  return (
    shown.join(" ") + (entries.length > shown.length ? ` and ${entries.length - shown.length} more` : "")
  );
}

function undoText(extension: string): string {
  return `brought the global allow-list back for extension ${extension}`;
}

/** All the faults at once. An entry that comes twice is one, the later. */
function parseEntries(wishes: readonly EntryWish[]): { readonly entries: AllowEntry[] } | RuleRefused {
  const entries = new Map<string, AllowEntry>();
  const faults: string[] = [];
  for (const { text, note, untilMs } of wishes) {
    const parsed = parseEntry(text);
    if ("error" in parsed) faults.push(parsed.error);
    else entries.set(parsed.text, { text: parsed.text, note, untilMs });
  }
  if (faults.length > 0) return { refused: "refused", message: faults.join("; ") };
  return { entries: [...entries.values()] };
}

/** Whether both are the same addresses, in whichever form they were written. */
function sameEntry(a: string, b: string): boolean {
  const [one, other] = [parseEntry(a), parseEntry(b)];
  if ("error" in one || "error" in other) return false;
  const { family, from, to } = one.range;
  return family === other.range.family && from === other.range.from && to === other.range.to;
}

function tooMany(): RuleRefused {
  return {
    refused: "refused",
    message: `a list holds ${MOST_ENTRIES} entries at most: write networks or ranges`,
  };
}
