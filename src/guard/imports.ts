import { parseAddressList, type AddressList } from "../domain/address-list.js";
import type { Target } from "../domain/address.js";
import type { BanBook, ByHand } from "./bans.js";
import type { Rules } from "./rules.js";

export interface Imported {
  /** Taken in, or to be taken in by a run that is not dry. */
  readonly added: readonly Target[];
  /** There already. */
  readonly present: readonly Target[];
  readonly refused: AddressList["refused"];
}

export interface ImportsParts {
  readonly bans: Pick<BanBook, "banByHand" | "banOf">;
  readonly rules: Pick<Rules, "neverBan" | "addNeverBans">;
  /** Why the target must not be shut out; null where it may. */
  readonly protectedBecause: (target: Target) => string | null;
}

/** So many bans are made at a time, so that the stream of events is read on meanwhile. */
const AT_ONCE = 100;

/** Takes lists of addresses in, as other programs write them. What is there already stays as it is. */
export class Imports {
  constructor(private readonly parts: ImportsParts) {}

  async bans(text: string, how: ByHand & { readonly dryRun: boolean }): Promise<Imported> {
    const { bans, protectedBecause } = this.parts;
    const { targets, refused: unreadable } = parseAddressList(text);
    const refused = [...unreadable];
    const added: Target[] = [];
    const present: Target[] = [];
    let sinceRest = 0;
    for (const [target, line] of targets) {
      if (bans.banOf(target)?.target === target) {
        present.push(target);
        continue;
      }
      const reason = protectedBecause(target);
      const refusal =
        reason !== null
          ? { message: `it can't be shut out: ${reason}` }
          : how.dryRun
            ? null
            : refusalOf(bans.banByHand(target, how));
      if (refusal === null) added.push(target);
      else refused.push({ line, text: target, message: refusal.message });
      if (!how.dryRun && ++sinceRest % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return { added, present, refused: refused.sort((a, b) => a.line - b.line) };
  }

  /** One change of the rules, whatever the number. */
  neverBan(
    text: string,
    how: { readonly note: string | null; readonly by: string; readonly dryRun: boolean },
  ): Imported {
    const { rules } = this.parts;
    const { targets, refused } = parseAddressList(text);
    const listed = new Set<Target>(rules.neverBan().targets);
    const present = [...targets.keys()].filter((target) => listed.has(target));
    const fresh = [...targets].filter(([target]) => !listed.has(target));
    const added = fresh.map(([target]) => target).filter((target) => !isEverything(target));
    const message = "it is every address, and nobody could be banned any more";
    const tooWide = fresh
      .filter(([target]) => isEverything(target))
      .map(([target, line]) => ({ line, text: target, message }));
    if (!how.dryRun && added.length > 0) rules.addNeverBans(added, how.by, how.note);
    return { added, present, refused: [...refused, ...tooWide].sort((a, b) => a.line - b.line) };
  }
}

function refusalOf(result: ReturnType<BanBook["banByHand"]>): { readonly message: string } | null {
  return "refused" in result ? result : null;
}

function isEverything(target: Target): boolean {
  return target.endsWith("/0");
}
