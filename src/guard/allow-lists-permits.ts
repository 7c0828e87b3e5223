import type { Cidr } from "../domain/address.js";
import type { Policy } from "../domain/policy.js";
import { nextEndOf, permitOf, type AllowList } from "../domain/registration/allow-list.js";
import type { AllowLists } from "../domain/registration/affected.js";
import type { Clock } from "./ports.js";
import { Turns } from "./slices.js";

export interface PermitParts {
  readonly policy: () => Policy;
  readonly isTrunk: (account: string) => boolean;
  /** Accounts that are open to everybody have a list that says so: Asterisk shuts everybody out where a list is missing that a
   *  realtime database or sip.conf names. */
  readonly forEach: boolean;
  readonly clock: Clock;
}

/** The list that lets everybody in. */
export const EVERYBODY = ["0.0.0.0/0", "::/0"] as readonly string[] as readonly Cidr[];

/** Whom the allow-list of each account lets in, for Asterisk. A list is compiled once, and again when one of its entries has
 *  ended. */
export class Permits {
  private readonly compiled = new WeakMap<
    AllowList,
    { permit: readonly Cidr[] | null; endMs: number | null }
  >();

  constructor(private readonly parts: PermitParts) {}

  /** Accounts that are open to everybody are not named, unless each is to have a list. Thousands of lists take a while, in which events must not wait: between
   *  some of them the loop has its turn. */
  async of(endpoints: readonly string[]): Promise<Map<string, readonly Cidr[]>> {
    const { policy, isTrunk } = this.parts;
    const lists = listsOf(policy());
    const permits = new Map<string, readonly Cidr[]>();
    const open = this.parts.forEach ? EVERYBODY : null;
    const global = this.permitOf(lists.global) ?? open;
    if (global !== null) {
      for (const endpoint of endpoints) {
        if (!isNobodys(endpoint) && !isTrunk(endpoint)) permits.set(endpoint, global);
      }
    }
    const turns = new Turns();
    for (const [extension, list] of lists.own) {
      if (turns.isDue()) await turns.next();
      const permit = this.permitOf(list) ?? open;
      if (permit === null) permits.delete(extension);
      else if (!isTrunk(extension)) permits.set(extension, permit);
    }
    return permits;
  }

  private permitOf(list: AllowList): readonly Cidr[] | null {
    const nowMs = this.parts.clock.nowMs();
    const known = this.compiled.get(list);
    if (known !== undefined && (known.endMs === null || known.endMs > nowMs)) return known.permit;
    const permit = permitOf(list, nowMs);
    this.compiled.set(list, { permit, endMs: nextEndOf(list, nowMs) });
    return permit;
  }
}

export function listsOf({ registration, extensions }: Policy): AllowLists {
  const own = new Map<string, AllowList>();
  for (const [extension, { allowList }] of Object.entries(extensions)) {
    if (allowList !== undefined) own.set(extension, allowList);
  }
  return { global: registration.allowList, own };
}

/** The endpoint of callers whom nobody knows, which nobody registers: the global list is not meant for it. */
export function isNobodys(endpoint: string): boolean {
  return endpoint === "anonymous" || endpoint.startsWith("anonymous@");
}
