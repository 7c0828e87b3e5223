import type { PlainCause } from "../../domain/portal/plain-cause.js";

/** Every sentence of the portal that is no sentence of a ban's own, in one place. */

export interface CauseText {
  /** Because … */
  readonly because: string;
  /** What to check, the likeliest first. */
  readonly checks: readonly string[];
}

const ONE_BY_ONE =
  "If you can't tell which device it is, switch them all off and bring them back one by one. This page shows when one of them tries.";
const OLD_PHONES =
  "Think of devices that are easily forgotten: a softphone on a computer or laptop, an app on an old mobile, a phone in a drawer or a door intercom.";

export const CAUSES: Readonly<Record<PlainCause, CauseText>> = {
  credentials: {
    because: "A device here keeps signing in with a user name or password that does not fit.",
    checks: [
      "Which phone, app or computer was set up, moved or changed last? Start with that one.",
      "Enter user name and password again, by hand. A blank at the end, 0 for O, or two digits swapped is enough.",
      "Was the password changed lately? Every device that uses it needs the new one.",
      OLD_PHONES,
      "Were devices set up for a test, or for an extension that is gone? Reset them.",
      "If all of that is right, the account may be used from listed addresses only: ask your administrator whether yours is listed.",
      ONE_BY_ONE,
    ],
  },
  "outdated-credentials": {
    because: "A device here keeps signing in with a password that no longer fits.",
    checks: [
      "Enter the new password in the phone.",
      "If you have done so, another device still has the old one: look for it, and switch it off or give it the new one.",
      OLD_PHONES,
      ONE_BY_ONE,
    ],
  },
  typo: {
    because: "A device here signs in with a user name that is mistyped.",
    checks: [
      "Compare the user name in the phone with the one you were given, digit by digit. Two may be swapped.",
      "Some phones have two fields, for the user name and for its authentication: both have to be right.",
      "Start with the device that was set up last.",
    ],
  },
  "stale-device": {
    because: "A device here still tries an extension that no longer exists.",
    checks: [
      "Look for phones or apps that were set up for a test, or for somebody who has left. Reset them or take the account out.",
      "A phone may have several lines: look at all of them, not at the first one only.",
      OLD_PHONES,
      ONE_BY_ONE,
    ],
  },
  "wrong-signalling": {
    because: "Your phone system registers correctly, but its calls carry another name than its registration.",
    checks: [
      "Check the user name and password that your phone system uses for outgoing calls. They are often set apart from those of the registration.",
      "Check what it sends as the caller (the From header): it should be the user name of the registration.",
      "If it was just moved or updated, compare its settings with those you were given.",
    ],
  },
  "call-script": {
    because: "More calls came from here in a short time than people dial.",
    checks: [
      "If you use a dialler or a program that places calls, slow it down.",
      "If you don't, somebody may use your phone system without your knowing: change its passwords, and ask your administrator.",
    ],
  },
  "allow-list": {
    because: "An account used here may sign in from listed addresses only, and this one is not listed.",
    checks: [
      "Ask your administrator to add this address.",
      "Did your internet provider or your VPN give you a new address? Then the list still has the old one.",
    ],
  },
  attack: {
    because: "What came from here looks like an attack.",
    checks: [
      "Ask your administrator: only they can lift this block.",
      "Are you on a public or shared connection (hotel, mobile network, VPN)? Then it may have been somebody else; another connection will do.",
      "If the connection is your own, a computer or a phone system in it may be misused. Look for programs that you don't know.",
    ],
  },
  network: {
    because: "Too many attacks came from the addresses around yours, so that all of them are blocked.",
    checks: [
      "Ask your administrator: only they can lift this block.",
      "Another connection (such as mobile data instead of this network) will do meanwhile.",
    ],
  },
  "by-hand": {
    because: "An administrator has blocked this address.",
    checks: ["Ask your administrator about it: only they can lift this block."],
  },
};

/** Of whoever happens to be in it; an administrator who bans one address means that one. */
export const NETWORK_BY_HAND = "An administrator has blocked the network that your address is in.";

export const NOT_BLOCKED_CHECKS: readonly string[] = [
  "Open this page on the same connection that the phone uses. A mobile on mobile data, or a computer with a VPN, has another address than the phone on the desk.",
  "Enter user name and password again, by hand. Was the password changed lately?",
  "Compare the server's name, the port and the transport (UDP, TCP, TLS) with those you were given.",
  "Switch the phone off and on, and wait a minute.",
  "If your phone system lets extensions in from listed addresses only, ask your administrator whether yours is listed.",
];

export const CALLS_PAUSED =
  "Phones at your address stay signed in, and emergency calls go out. Other calls pass again by themselves, unless they go on as fast.";

export const TITLES = {
  blocked: "You are blocked",
  network: "Your network is blocked",
  accounts: "An account is blocked here",
  open: "You are not blocked",
  lifted: "You are back in",
  paused: "Your calls are refused for a while",
} as const;
