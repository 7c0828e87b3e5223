import { readPolicy, writePolicy } from "../domain/policy-file/policy-form.js";
import type { Fault } from "../domain/policy-file/form.js";
import { changesBetween, type SettingChange } from "../domain/policy-file/changes.js";
import type { Policy } from "../domain/policy.js";
import { thrownOut, type Registration } from "../domain/registration/affected.js";
import { listsOf } from "./allow-lists-permits.js";
import { nobodyWarnings } from "./allow-lists-nobody.js";
import type { Clock, PolicyHistory } from "./ports.js";
import { sameJson } from "./rule-edits.js";
import type { RuleRefused, Rules } from "./rules.js";

/** A tree of maps, lists and text as a text, and back. */
export interface PolicyText {
  /** @param heading comments ahead of it, one a line */
  format(tree: unknown, heading: readonly string[]): string;
  parse(
    text: string,
  ):
    | { readonly tree: unknown; readonly lineOf: (path: Fault["path"]) => number | null }
    | { readonly faults: readonly { readonly line: number | null; readonly message: string }[] };
}

export interface PolicyFileParts {
  readonly rules: Pick<Rules, "policy" | "edit">;
  readonly text: PolicyText;
  readonly history: PolicyHistory;
  readonly registered: () => Promise<readonly Registration[]>;
  readonly isTrunk: (account: string) => boolean;
  /** The decks that are loaded. */
  readonly decks: () => readonly string[];
  readonly clock: Clock;
}

/** What is wrong in a file: its line, counted from 1, the setting (`extensions.100.cap`), and what to write instead. */
export interface FileFault {
  readonly line: number | null;
  readonly setting: string;
  readonly message: string;
}

export interface PolicyImport {
  readonly changes: readonly SettingChange[];
  /** Phones that lose their registration by it. */
  readonly throwsOut: readonly Registration[];
  readonly warnings: readonly string[];
  /** Of the policy that holds now. */
  readonly policyVersion: number;
}

export interface PolicyUndone extends PolicyImport {
  /** The change that was taken back, in the words of its audit. */
  readonly undid: string;
}

export interface ImportWish {
  readonly dryRun: boolean;
  /** That nobody may register is meant. */
  readonly nobody: boolean;
  readonly by: string;
}

/** The whole policy as a file, and its last change taken back. */
export class PolicyFile {
  constructor(private readonly parts: PolicyFileParts) {}

  /** What the file says, as maps, lists and text. */
  tree(): ReadonlyMap<string, unknown> {
    return writePolicy(this.parts.rules.policy());
  }

  export(): string {
    const { rules, text, clock } = this.parts;
    return text.format(this.tree(), [
      `Ringfence's policy, version ${rules.policy().version}, ${new Date(clock.nowMs()).toISOString()}.`,
      "ringfence policy import FILE puts it in force. What is left out stays as it is; lists, and the",
      "extensions with rules of their own, are taken whole. Passwords, rate decks and bans are not part of it.",
    ]);
  }

  /** All or nothing, in one change. */
  async import(
    text: string,
    wish: ImportWish,
  ): Promise<PolicyImport | RuleRefused | { readonly faults: readonly FileFault[] }> {
    const file = this.parts.text.parse(text);
    if ("faults" in file) return { faults: file.faults.map((fault) => ({ ...fault, setting: "" })) };
    const before = this.parts.rules.policy();
    const read = readPolicy(file.tree, before);
    const faults = "faults" in read ? read.faults : this.trunkFaults(read.policy);
    if (faults.length > 0 || "faults" in read) {
      return {
        faults: faults
          .map(({ path, message }) => ({ line: file.lineOf(path), setting: path.join("."), message }))
          .sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
      };
    }
    const what = (changes: readonly SettingChange[]) => `imported a policy file: ${changesWords(changes)}`;
    return this.put(before, read.policy, wish, what);
  }

  /** Takes the last change of the policy back, whoever made it; a second undo takes that back. */
  async undo(wish: ImportWish): Promise<PolicyUndone | RuleRefused> {
    const now = this.parts.rules.policy();
    const last = this.parts.history.before(now);
    if (last === null) return { refused: "not-found", message: "the policy was never changed" };
    return this.takeBack(now, last, wish);
  }

  /** Takes one change back, by the number of its audit entry, if nothing newer has changed the same. */
  async undoChange(auditId: number, wish: ImportWish): Promise<PolicyUndone | RuleRefused> {
    const now = this.parts.rules.policy();
    const found = this.parts.history.without(auditId, now);
    if (found === null) {
      const message =
        "There is no such change of the rules; bans, blocks and decks have an undo of their own.";
      return { refused: "not-found", message };
    }
    if ("newer" in found) {
      const message = `${found.newer.slice(0, 5).join(", ")} changed again after that: take the newer change back first.`;
      return { refused: "refused", message };
    }
    return this.takeBack(now, found, wish);
  }

  private async takeBack(
    now: Policy,
    last: { readonly policy: Policy; readonly change: string },
    wish: ImportWish,
  ): Promise<PolicyUndone | RuleRefused> {
    // What is stored is read as strictly as a file.
    const read = readPolicy(writePolicy(last.policy), now);
    if ("faults" in read) {
      return { refused: "refused", message: "the policy before does not fit this version of Ringfence" };
    }
    const done = await this.put(now, read.policy, wish, () => `took back: ${last.change}`);
    return "refused" in done ? done : { ...done, undid: last.change };
  }

  private async put(
    before: Policy,
    wanted: Policy,
    { dryRun, nobody, by }: ImportWish,
    what: (changes: readonly SettingChange[]) => string,
  ): Promise<PolicyImport | RuleRefused> {
    const { rules, clock } = this.parts;
    const changes = changesBetween(writePolicy(before), writePolicy(wanted));
    const shut = nobodyWarnings(before, wanted, clock.nowMs());
    const { throwsOut, warnings } = await this.lost(before, wanted);
    if (!dryRun && rules.policy().version !== before.version) {
      const message = `somebody changed the rules meanwhile (version ${before.version} was looked at, now it is ${rules.policy().version}). Nothing was changed: look again, and repeat what you still want`;
      return { refused: "stale", message };
    }
    if (shut.length > 0 && !nobody && !dryRun) {
      const message = `${shut.join(" ")} Nothing was changed: name at least one address, or say that it is meant (--yes-nobody)`;
      return { refused: "refused", message };
    }
    if (changes.length > 0 && !dryRun) rules.edit(wanted, by, what(changes));
    return {
      changes,
      throwsOut,
      warnings: [...shut, ...warnings, ...this.deckWarnings(wanted)],
      policyVersion: rules.policy().version,
    };
  }

  private async lost(
    before: Policy,
    wanted: Policy,
  ): Promise<{ readonly throwsOut: readonly Registration[]; readonly warnings: readonly string[] }> {
    const { registered, clock } = this.parts;
    const [was, lists] = [listsOf(before), listsOf(wanted)];
    if (sameJson([was.global, [...was.own]], [lists.global, [...lists.own]]))
      return { throwsOut: [], warnings: [] };
    try {
      return { throwsOut: thrownOut(await registered(), lists, clock.nowMs()), warnings: [] };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return {
        throwsOut: [],
        warnings: [`Which phones would lose their registration can't be told: ${why}.`],
      };
    }
  }

  private trunkFaults({ extensions }: Policy): Fault[] {
    return Object.entries(extensions).flatMap(([name, { allowList }]) =>
      allowList !== undefined && this.parts.isTrunk(name)
        ? [
            {
              path: ["extensions", name, "allow-list"],
              message: "this is a trunk, and trunks have no allow-list: leave it out",
            },
          ]
        : [],
    );
  }

  private deckWarnings({ calling }: Policy): string[] {
    const decks = this.parts.decks();
    return Object.entries(calling.trunkDecks)
      .filter(([, deck]) => !decks.includes(deck))
      .map(([trunk, deck]) => `Trunk ${trunk} has the deck ${deck}, and no deck of that name is loaded.`);
  }
}

/** `12 settings (calling.cap, never-ban, …)`. */
function changesWords(changes: readonly SettingChange[]): string {
  const names = [...new Set(changes.map(({ setting }) => setting))];
  const shown = names.slice(0, 5).join(", ");
  return `${names.length === 1 ? "1 setting" : `${names.length} settings`} (${shown}${names.length > 5 ? ", …" : ""})`;
}
