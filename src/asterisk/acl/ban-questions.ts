import type { Control } from "../ami/control.js";
import { BAN_ACL, BAN_MARK_ENDPOINT } from "./ban-text.js";
import { aclsInForce, isLoaded, reload, sectionsOf } from "./questions.js";

/** What the firewall made of Asterisk's own lists asks of Asterisk. */
export interface BanAsterisk {
  /** Makes it read acl.conf again, and, where that is sound and changed, what of pjsip.conf names a list. It answers first. */
  reloadAcl(): Promise<void>;
  /** Makes it read pjsip.conf again. */
  reloadPjsip(): Promise<void>;
  /** Whether acl.conf, as Asterisk would read it now, holds a list of this name. */
  readsList(name: string): Promise<boolean>;
  /** Whether pjsip.conf, as Asterisk would read it now, makes the list of bans judge every message. */
  readsHook(): Promise<boolean>;
  /** The mark of the list that Asterisk really goes by; null: none. */
  markInForce(): Promise<string | null>;
  /** Whether the module is there without which no section of pjsip.conf judges anything. */
  judges(): Promise<boolean>;
}

export function banAsterisk(control: Pick<Control, "job">): BanAsterisk {
  return {
    reloadAcl: () => control.job((ask) => reload(ask, "acl")),
    reloadPjsip: () => control.job((ask) => reload(ask, "res_pjsip.so")),
    readsList: (name) =>
      control.job(async (ask) => (await sectionsOf(ask, "acl.conf", { section: name })).has(name)),
    readsHook: () =>
      control.job(async (ask) => {
        const found = await sectionsOf(ask, "pjsip.conf", { section: BAN_ACL, filter: "type=acl" });
        return found.get(BAN_ACL)?.includes(`acl=${BAN_ACL}`) === true;
      }),
    markInForce: () =>
      control.job(
        async (ask) => (await aclsInForce(ask, [BAN_MARK_ENDPOINT])).get(BAN_MARK_ENDPOINT) ?? null,
      ),
    judges: () => control.job((ask) => isLoaded(ask, "res_pjsip_acl")),
  };
}
