import { parseDuration, formatDuration } from "../duration.js";
import { DEFAULT_INTRUSION, type IntrusionSettings } from "./settings.js";

/** How a setting is written. `count`: a whole number. `duration`: `10m`. `durations`: several, in order. `share`: 0.1 is a tenth. */
export type SettingForm =
  | { readonly form: "count"; readonly min: number; readonly max: number }
  | { readonly form: "duration"; readonly minMs: number; readonly maxMs: number }
  | { readonly form: "durations"; readonly minMs: number; readonly maxMs: number; readonly most: number }
  | { readonly form: "share"; readonly min: number; readonly max: number }
  | { readonly form: "choice"; readonly choices: Readonly<Record<string, string>> };

export type SettingExplained = SettingForm & {
  /** As it is written on the command line, in the API and in a policy file. */
  readonly name: string;
  /** As it is called on a page. */
  readonly title: string;
  /** What it does, and what stands behind its default. One line. */
  readonly why: string;
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const count = (max: number) => ({ form: "count", min: 1, max }) as const;
const duration = (minMs: number, maxMs: number) => ({ form: "duration", minMs, maxMs }) as const;

/** Every setting of detection, in the order in which people should read them. */
export const INTRUSION_SETTINGS: { readonly [F in keyof IntrusionSettings]-?: SettingExplained } = {
  attempts: {
    ...count(1_000),
    name: "attempts",
    title: "Failed attempts of a stranger",
    why: "So many failed tries within the window shut a stranger out. fail2ban's Asterisk jail takes 10 in 10 minutes, FreePBX 8, CrowdSec 5.",
  },
  windowMs: {
    ...duration(10 * SECOND, 6 * HOUR),
    name: "window",
    title: "Window for attempts and account names",
    why: "How far back failed tries count. Ten minutes is what fail2ban and FreePBX go by: long enough for a guesser, short for a person.",
  },
  accountNames: {
    ...count(100),
    name: "account-names",
    title: "Account names of one source",
    why: "More names than this within the window is somebody going through a list, and is shut out at once. CrowdSec takes 5; an office's phones after a change of address need a few more.",
  },
  loginAttempts: {
    ...count(100),
    name: "login-attempts",
    title: "Failed logins to the manager, ARI and the web",
    why: "Administrators and programs log in there, no phones: five wrong passwords within the window are enough.",
  },
  unansweredChallenges: {
    ...count(10_000),
    name: "unanswered-challenges",
    title: "Unanswered challenges",
    why: "Scanners ask and never answer. An operator's runbook bans at 50 in an hour; ten phones leave 10 to 30 behind when their address changes.",
  },
  unansweredWindowMs: {
    ...duration(MINUTE, DAY),
    name: "unanswered-window",
    title: "Window for unanswered challenges",
    why: "How far back unanswered challenges count: an hour, as in the runbook that the number comes from.",
  },
  slowAttempts: {
    ...count(10_000),
    name: "slow-attempts",
    title: "Attempts of the slow attack",
    why: "Whoever guesses slower than the window is found by the day: 100 failed tries, as in FreePBX's third tier.",
  },
  slowWindowMs: {
    ...duration(HOUR, 7 * DAY),
    name: "slow-window",
    title: "Window of the slow attack",
    why: "How far back the tries of a slow attack count: a day, as in FreePBX's third tier.",
  },
  blockAttempts: {
    ...count(1_000),
    name: "block-attempts",
    title: "Failures of one account at a known source",
    why: "So many within the window block that account there, and nobody else behind the address. A phone with an old password makes 10 to 20; 40 leaves room to correct it.",
  },
  failingAccounts: {
    ...count(1_000),
    name: "failing-accounts",
    title: "Failing accounts that cost a known source its place",
    why: "So many accounts failing at once, with proof of who sent them, are no longer one wrong phone: the whole source is shut out. Accounts that worked there until they began to fail are phones with an old password, and don't count.",
  },
  knownMs: {
    ...duration(HOUR, 365 * DAY),
    name: "known",
    title: "How long a source stays known",
    why: "After a right password from there. A month covers holidays; addresses that providers hand out anew are forgotten by then.",
  },
  ladderMs: {
    form: "durations",
    minMs: 10 * SECOND,
    maxMs: 366 * DAY,
    most: 20,
    name: "ladder",
    title: "Length of bans and blocks, one after the other",
    why: "Short at first, since people err; a week in the end, and never for good, since addresses change hands. fail2ban multiplies 10 minutes by 1, 5, 30, 60; FreePBX bans for 30 minutes.",
  },
  unprovenRungs: {
    ...count(20),
    name: "unproven-rungs",
    title: "Highest rung without proof",
    why: "A sender's address over UDP can be forged, and a forged packet must not cost an innocent more than an hour: the second rung.",
  },
  jitter: {
    form: "share",
    min: 0,
    max: 0.9,
    name: "jitter",
    title: "Random part of a ban's length",
    why: "Each ban is longer or shorter by up to this share, so that attackers can't wait for its end to the second; fail2ban does the same.",
  },
  forgetMs: {
    ...duration(HOUR, 366 * DAY),
    name: "forget",
    title: "Back to the first rung after",
    why: "So long without a ban, and a source starts anew: by then the address may well be somebody else's.",
  },
  groupAttempts: {
    ...count(10_000),
    name: "group-attempts",
    title: "Failed attempts of neighbours",
    why: "So many proven failures by strangers of one IPv6 /48: somebody goes from address to address, and from then on one try is enough. In an IPv4 /24, often many people's, only where networks are banned.",
  },
  groupSources: {
    ...count(100),
    name: "group-sources",
    title: "Banned neighbours",
    why: "So many banned sources in one IPv4 /24 or IPv6 /48 speak for one attacker with the whole network. Only bans with proof count.",
  },
  groupWindowMs: {
    ...duration(MINUTE, 30 * DAY),
    name: "group-window",
    title: "Window for banned neighbours",
    why: "How far back banned neighbours count: a day, in which a rented network is used up.",
  },
  groupAction: {
    form: "choice",
    choices: {
      propose: "list the network for a person to decide",
      ban: "shut the network out on the ladder",
    },
    name: "group-action",
    title: "What to do with banned neighbours",
    why: "A network may hold people who did nothing, so it is only proposed; one with a known or protected source is never touched.",
  },
  accountSources: {
    ...count(10_000),
    name: "account-sources",
    title: "Sources that try one account",
    why: "So many different sources failing on one account are one attacker with many addresses: an alarm tells of it.",
  },
  accountWindowMs: {
    ...duration(MINUTE, DAY),
    name: "account-window",
    title: "Window for sources that try one account",
    why: "How far back sources count that failed on one account: an hour.",
  },
  accountAction: {
    form: "choice",
    choices: {
      alarm: "raise an alarm",
      lock: "raise an alarm, and shut the account to all but its known sources for a while",
    },
    name: "account-action",
    title: "What to do about an account that many sources try",
    why: "A lock stops the guessing, and shuts a travelling owner out of a new place as well: an alarm by default.",
  },
  accountLockMs: {
    ...duration(MINUTE, 7 * DAY),
    name: "account-lock",
    title: "Length of a lock",
    why: "How long such an account stays shut to all but its known sources: an hour.",
  },
  callAttempts: {
    ...count(10_000),
    name: "call-attempts",
    title: "Call attempts of one source",
    why: "So many within their window are a program's. The OpenSIPS tutorial blocks at 5, Yeastar too; offices redial, so it is 30.",
  },
  callWindowMs: {
    ...duration(SECOND, HOUR),
    name: "call-window",
    title: "Window for call attempts",
    why: "How far back call attempts count: a minute, since a script needs no longer to show itself.",
  },
  scope: {
    form: "choice",
    choices: {
      host: "drop everything of the source but the web page that says why",
      voip: "drop what goes to the SIP and IAX ports alone",
    },
    name: "scope",
    title: "How much a ban shuts",
    why: "Everything, so that a ping fails too: that is how people tell a ban from a fault of their own.",
  },
};

/** In the order of the table above. */
export const INTRUSION_FIELDS = Object.keys(INTRUSION_SETTINGS) as (keyof IntrusionSettings)[];

const FIELDS = new Map(INTRUSION_FIELDS.map((field) => [INTRUSION_SETTINGS[field].name, field]));

/** The setting of that name; null where there is none. */
export function settingNamed(name: string): keyof IntrusionSettings | null {
  return FIELDS.get(name) ?? null;
}

/** `settings` with what is written in `changes`, by the settings' names: text, a number, or for several durations a list. Or all
 *  that is wrong with them, with what to write instead, by name. */
export function withSettings(
  settings: IntrusionSettings,
  changes: Readonly<Record<string, unknown>>,
): { readonly settings: IntrusionSettings } | { readonly faults: ReadonlyMap<string, string> } {
  const faults = new Map<string, string>();
  let next = settings;
  for (const [name, written] of Object.entries(changes)) {
    const field = settingNamed(name);
    const value = field === null ? null : valueOf(INTRUSION_SETTINGS[field], written);
    if (field === null) faults.set(name, "there is no such setting");
    else if (value === null) faults.set(name, `write ${rangeText(INTRUSION_SETTINGS[field])}`);
    else next = { ...next, [field]: value };
  }
  return faults.size > 0 ? { faults } : { settings: next };
}

/** As it is to be written: `10`, `10m`, `15m 1h 6h`, `0.1`, `propose`. */
export function formatSetting(field: keyof IntrusionSettings, settings: IntrusionSettings): string {
  const explained = INTRUSION_SETTINGS[field];
  const value = settings[field];
  if (explained.form === "duration" && typeof value === "number") return formatDuration(value);
  if (typeof value === "object") return value.map(formatDuration).join(" ");
  return String(value);
}

export function defaultText(field: keyof IntrusionSettings): string {
  return formatSetting(field, DEFAULT_INTRUSION);
}

/** What may be written: "a whole number from 1 to 1000", "a duration such as 10m, from 10s to 6h". */
export function rangeText(explained: SettingForm): string {
  switch (explained.form) {
    case "count":
      return `a whole number from ${explained.min} to ${explained.max}`;
    case "duration":
      return `a duration such as 10m, from ${formatDuration(explained.minMs)} to ${formatDuration(explained.maxMs)}`;
    case "durations":
      return `one to ${explained.most} durations such as 15m 1h 6h, each from ${formatDuration(explained.minMs)} to ${formatDuration(explained.maxMs)}`;
    case "share":
      return `a share such as 0.1, from ${explained.min} to ${explained.max}`;
    case "choice":
      return Object.entries(explained.choices)
        .map(([choice, meaning]) => `${choice} (${meaning})`)
        .join(" or ");
  }
}

function valueOf(explained: SettingForm, written: unknown): number | string | readonly number[] | null {
  switch (explained.form) {
    case "count": {
      const value = numberOf(written);
      return Number.isInteger(value) && value >= explained.min && value <= explained.max ? value : null;
    }
    case "share": {
      const value = numberOf(written);
      return value >= explained.min && value <= explained.max ? value : null;
    }
    case "duration":
      return durationOf(explained, written);
    case "durations": {
      const parts =
        typeof written === "string" ? written.split(/[\s,]+/).filter((part) => part !== "") : written;
      if (!Array.isArray(parts) || parts.length === 0 || parts.length > explained.most) return null;
      const values = parts.map((part) => durationOf(explained, part));
      return values.every((value) => value !== null) ? values : null;
    }
    case "choice":
      return typeof written === "string" && Object.hasOwn(explained.choices, written) ? written : null;
  }
}

function durationOf({ minMs, maxMs }: { minMs: number; maxMs: number }, written: unknown): number | null {
  const ms = typeof written === "string" ? parseDuration(written) : null;
  return ms !== null && ms >= minMs && ms <= maxMs ? ms : null;
}

/** NaN where it is none. */
function numberOf(written: unknown): number {
  if (typeof written === "number") return written;
  return typeof written === "string" && /^\d{1,9}(\.\d{1,6})?$/.test(written.trim()) ? Number(written) : NaN;
}
