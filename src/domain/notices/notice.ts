/** What people are told of by mail and the like, and in which words. */

export const NOTICE_KINDS = [
  "fence",
  "known-source",
  "account-attacked",
  "spend",
  "first-country",
  "call-script",
  "old-deck",
  "failure",
  "alarm",
  "emergency-call",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export const CHANNELS = ["email", "webhook", "slack"] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** One thing to be told. */
export interface Notice {
  readonly kind: NoticeKind;
  /** What is collected together: the kind, or a part of it that must not wait for another part (`fence-up`, `spend-100`). One of few:
   *  never made of what a sender wrote. */
  readonly key: string;
  /** After the count, where there are several: `A known source was shut out`. Words of ours alone. */
  readonly title: string;
  readonly atMs: number;
  /** One sentence for people. May hold hostile text. */
  readonly line: string;
}

export interface KindExplained {
  readonly title: string;
  readonly why: string;
  /** What whoever reads it should do. */
  readonly todo: string;
  /** The page of the web UI to do it on. */
  readonly page: string;
  /** Whether it is told unless somebody says otherwise. */
  readonly byDefault: boolean;
}

export const NOTICES_EXPLAINED: Readonly<Record<NoticeKind, KindExplained>> = {
  fence: {
    title: "The fence is down, or up again",
    why: "Asterisk, the kernel or the events have been away for a minute: nobody is shut out or judged meanwhile.",
    todo: "Until it is up again nobody new is shut out, and calls are decided by the fallback rule. On the machine, ringfence status and ringfence doctor say what to mend.",
    page: "/overview",
    byDefault: true,
  },
  "known-source": {
    title: "A known source was shut out",
    why: "A password was right from there lately, so it may be an office whose phones are silent now.",
    todo: "If it is yours, open the ban, read what it comes from, mend that device and lift the ban. People there can do so themselves on the portal, with their PIN.",
    page: "/bans",
    byDefault: true,
  },
  "account-attacked": {
    title: "An account is under attack",
    why: "Many sources try one account that exists.",
    todo: "Give the account a long password that is used nowhere else, or let it register from listed addresses alone.",
    page: "/extensions",
    byDefault: true,
  },
  spend: {
    title: "Spend reaches 80, 95 or 100 % of its limit",
    why: "At 100 % calls that cost money are refused.",
    todo: "If the calls are wanted, raise the limit. If not, close the country, or change the password of the extension that calls.",
    page: "/calls",
    byDefault: true,
  },
  "first-country": {
    title: "An extension calls a country for the first time",
    why: "That is how toll fraud begins, and sometimes a new customer.",
    todo: "If nobody there meant to call it, close the country and change the password of the extension.",
    page: "/calls",
    byDefault: true,
  },
  "call-script": {
    title: "A program places calls",
    why: "More calls came from one source than people dial.",
    todo: "If it is a dialler of yours, slow it down or raise what is allowed. If not, change the password of the extension.",
    page: "/bans",
    byDefault: true,
  },
  "old-deck": {
    title: "A rate deck is too old",
    why: "Carriers send new prices about monthly: the cap judges by old ones.",
    todo: "Import the current one of your carrier.",
    page: "/rates",
    byDefault: true,
  },
  failure: {
    title: "Ringfence could not do something",
    why: "A ban, block or lock was decided and could not be made.",
    todo: "On the machine, ringfence doctor says what to mend. Until then what was decided is not in force.",
    page: "/overview",
    byDefault: true,
  },
  alarm: {
    title: "Other alarms",
    why: "Such as a protected or known source that does what strangers are banned for, or a network that might be shut out whole.",
    todo: "Look at it when you can. ringfence why ADDRESS tells what is known of an address or extension.",
    page: "/overview",
    byDefault: false,
  },
  "emergency-call": {
    title: "An emergency call was made",
    why: "So that somebody meets the ambulance at the door.",
    todo: "Somebody should meet the ambulance at the door.",
    page: "/calls",
    byDefault: false,
  },
};

/** Notices of one key, as they are sent. */
export interface Message {
  /** The same however often it is sent again. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly key: string;
  readonly title: string;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** The first of them, each once; may hold hostile text. */
  readonly lines: readonly string[];
}

/** What whoever reads it should do; null where all is well again. */
export function todoOf({ kind, key }: Pick<Message, "kind" | "key">): string | null {
  return key === "fence-up" ? null : NOTICES_EXPLAINED[kind].todo;
}
