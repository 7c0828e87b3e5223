import { parseTarget, type Target } from "../../domain/address.js";
import type { BanScope } from "../../domain/intrusion/ban.js";

/** The list that judges every SIP message, and the global section that says so. */
export const BAN_ACL = "ringfence_ban";
/** The endpoint whose ACL says which writing of the list Asterisk has read, as EDITION_ENDPOINT says it of the accounts' lists. */
export const BAN_MARK_ENDPOINT = "ringfence-bans";

export interface HeldBan {
  /** Unix milliseconds; null: until taken out. */
  readonly untilMs: number | null;
  readonly scope: BanScope;
}

export interface BanList {
  readonly shut: ReadonlyMap<Target, HeldBan>;
  readonly protected: readonly Target[];
  /** The name of the ACL that only this writing of the list has. */
  readonly mark: string;
}

const HEAD = "; Written by Ringfence. What is changed here is lost.";
const EVERYONE = ["0.0.0.0/0", "::/0"] as const;
const DENY = /^deny=(\S+) ; (host|voip) until (never|[0-9]+)$/;
const PERMIT = /^permit=(\S+)$/;
const MARK = /^\[(ringfence_bans-[0-9a-f]{16})\]$/m;

export function banMark(random: string): string {
  return `ringfence_bans-${random}`;
}

/** The last rule that fits wins, so what is protected comes last. A mask must be given for both families. The mark stands at the
 *  end of the file: whoever sees it has seen all. */
export function banListText(list: BanList): string {
  const denies = [...list.shut].map(
    ([target, { untilMs, scope }]) => `deny=${withMask(target)} ; ${scope} until ${untilMs ?? "never"}`,
  );
  return [
    HEAD,
    `[${BAN_ACL}]`,
    ...EVERYONE.map((all) => `permit=${all}`),
    ...denies,
    ...list.protected.map((target) => `permit=${withMask(target)}`),
    `[${list.mark}]`,
    ...EVERYONE.map((all) => `deny=${all}`),
    "",
  ].join("\n");
}

/** What a file holds, written by the last run or changed by another hand. What makes no sense is left out. */
export function readBanList(text: string): BanList {
  const shut = new Map<Target, HeldBan>();
  const permitted: Target[] = [];
  for (const line of text.split("\n")) {
    const [, denied = "", scope, until] = DENY.exec(line) ?? [];
    const permit = PERMIT.exec(line)?.[1] ?? "";
    const parsed = parseTarget(scope === undefined ? permit : denied);
    if ("error" in parsed) continue;
    if (scope === undefined) permitted.push(parsed.target);
    else {
      const untilMs = until === "never" ? null : Number(until);
      shut.set(parsed.target, { untilMs, scope: scope === "voip" ? "voip" : "host" });
    }
  }
  const everyone: readonly string[] = EVERYONE;
  const isProtected = (target: Target, at: number): boolean => at >= 2 || !everyone.includes(target);
  return { shut, protected: permitted.filter(isProtected), mark: MARK.exec(text)?.[1] ?? "" };
}

/** Takes effect on every SIP message, ahead of endpoints and their own lists. */
export function banHookText(mark: string): string {
  return [
    HEAD,
    `[${BAN_ACL}]`,
    "type=acl",
    `acl=${BAN_ACL}`,
    `[${BAN_MARK_ENDPOINT}]`,
    "type=endpoint",
    "identify_by=ip",
    `acl=${mark}`,
    "",
  ].join("\n");
}

export const NO_BAN_HOOK = `${HEAD}\n`;

function withMask(target: Target): string {
  return target.includes("/") ? target : `${target}/32`;
}
