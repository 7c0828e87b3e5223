import { payerOf } from "../domain/calling/payer.js";
import { RingfenceError } from "../domain/error.js";
import type { MissedCall, MissedCalls } from "../guard/ports.js";
import type { Control } from "./ami/control.js";
import { availableActions } from "./ami/facts.js";
import { parseCheck } from "./ari/check.js";

/** What the dialplan decided without the daemon, as asterisk-conf/extensions-ringfence.conf writes it down in AstDB. */
const FAMILY = "ringfence_missed";

export function missedCalls(
  control: Pick<Control, "job">,
  isTrunk: (endpoint: string) => boolean,
): MissedCalls {
  return {
    list: () =>
      control.job(async (ask) => {
        // Asterisk before 16.25 can't list a family: what it holds stays there.
        if (!(await availableActions(ask)).has("dbgettree")) return { calls: [], unreadable: [] };
        const { items } = await ask("DBGetTree", { Family: FAMILY });
        const calls: MissedCall[] = [];
        const unreadable: string[] = [];
        const prefix = `/${FAMILY}/`;
        for (const item of items) {
          const path = item.get("key") ?? "";
          // Asterisk compares with LIKE: `_` stands for any letter, and case is ignored.
          if (!path.startsWith(prefix)) continue;
          const key = path.slice(prefix.length);
          const call = parseMissed(key, item.get("val") ?? "", isTrunk);
          if (call === null) unreadable.push(key);
          else calls.push(call);
        }
        return { calls: calls.sort((a, b) => a.atMs - b.atMs), unreadable };
      }),
    forget: (key) =>
      control.job(async (ask) => {
        const { ok, message } = await ask("DBDel", { Family: FAMILY, Key: key });
        const why = message.get("message") ?? "";
        // One that is gone already is no error.
        if (!ok && !/not found/i.test(why))
          throw new RingfenceError("asterisk-refused", `AstDB keeps ${key}: ${why}`);
      }),
  };
}

/** Of `UNIQUEID-CHECK` and `EPOCH,DECISION,DIGITS,CHANNEL,TRUNK,FORWARDER,…`; null where it is anything else, such as an older edition's. */
export function parseMissed(
  key: string,
  value: string,
  isTrunk: (endpoint: string) => boolean,
): MissedCall | null {
  const [, channelId = "", token = ""] = /^(.{1,150})-([0-9]{1,9})$/.exec(key) ?? [];
  const [epoch = "", kind = "", digits = "", channelName = "", ...names] = value.split(",");
  if (channelId === "" || !/^[0-9]{9,11}$/.test(epoch) || !isKind(kind)) return null;
  const base = { key, channelId, atMs: Number(epoch) * 1_000, kind };
  if (kind === "strange") {
    // What was dialled is no number and was not kept; who dialled it is his channel's name at most.
    const { endpoint, how } = payerOf(channelName, NOBODY, isTrunk);
    return { ...base, digits: "", trunk: null, from: endpoint, payer: how };
  }
  const check = parseCheck({ channelId, channelName, args: ["check", token, digits, ...names] }, isTrunk);
  if (check === null) return null;
  const { request, payer } = check;
  return { ...base, digits, trunk: request.trunk, from: request.from, payer: payer.how };
}

const KINDS = ["allow", "refuse", "emergency", "strange"] as const;

function isKind(text: string): text is MissedCall["kind"] {
  return KINDS.some((kind) => kind === text);
}

const NOBODY = {
  forwarder: "",
  transferer: "",
  blindTransfer: "",
  attendedTransfer: "",
  origin: "",
  originTransfer: "",
  redirecting: "",
};
