import { formatDuration, parseDuration } from "../duration.js";
import type { CallLimits, ExtensionLimits } from "./limits.js";
import { formatUsd, parseUsd } from "./money.js";

export type LimitName = keyof CallLimits;

interface Explained {
  /** As it is written on the command line and in the API. */
  readonly name: string;
  /** What it bounds, and what stands behind its default. One line. */
  readonly why: string;
  readonly form: "count" | "usd" | "duration" | readonly string[];
  /** Whether an extension may have it of its own. */
  readonly ofExtension: boolean;
}

export const CALL_LIMITS: { readonly [F in LimitName]-?: Explained } = {
  attemptsPerMinute: {
    name: "attempts",
    why: "Call attempts of an extension within any minute. The OpenSIPS tutorial blocks at 5, Yeastar too; offices redial, so it is 10.",
    form: "count",
    ofExtension: true,
  },
  concurrentInternational: {
    name: "international-calls",
    why: "Calls of an extension to other countries at the same time. The OpenSIPS tutorial takes 5, Simwood advises 1 for dear places.",
    form: "count",
    ofExtension: true,
  },
  spendMicros: {
    name: "spend",
    why: "US dollars of an extension within any 24 hours, told at 80, 95 and 100 %. Others take $25 a line.",
    form: "usd",
    ofExtension: true,
  },
  systemSpendMicros: {
    name: "system-spend",
    why: "US dollars of all extensions together within any 24 hours, told at 80, 95 and 100 %. Port5060 takes £50 a day.",
    form: "usd",
    ofExtension: false,
  },
  internationalSeconds: {
    name: "international-length",
    why: "The longest call to another country; the dialplan ends it. OpenTact ends calls after an hour.",
    form: "duration",
    ofExtension: true,
  },
  newCountry: {
    name: "new-country",
    why: "What follows the first call ever of an extension to a country: nothing, or an alarm.",
    form: ["allow", "alarm"],
    ofExtension: true,
  },
  newSource: {
    name: "new-source",
    why: "What follows a call from an address the extension has never called from: stolen passwords look like that, and so do travellers.",
    form: ["allow", "alarm", "refuse"],
    ofExtension: true,
  },
  scriptPauseSeconds: {
    name: "script-pause",
    why: "How long the calls of a known source are refused that places more calls than the call script setting of detection allows.",
    form: "duration",
    ofExtension: false,
  },
};

export const LIMIT_NAMES = Object.keys(CALL_LIMITS) as LimitName[];

const MOST_SECONDS = 24 * 3_600;
const MOST_COUNT = 100_000;

/** The changes that are written in `texts`, by the limits' names; `off` takes a limit away. Or all that is wrong with them.
 *  @param own whether they are to be an extension's own */
export function parseLimits(
  texts: Readonly<Record<string, string>>,
  own: boolean,
): { readonly limits: Partial<CallLimits> } | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const limits: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(texts)) {
    const field = LIMIT_NAMES.find((each) => CALL_LIMITS[each].name === name);
    if (field === undefined) {
      const names = LIMIT_NAMES.map((each) => CALL_LIMITS[each].name).join(", ");
      faults.push(`there is no limit of that name: write ${names}`);
    } else if (own && !CALL_LIMITS[field].ofExtension) {
      faults.push(`${name} holds for the whole system: set it without an extension`);
    } else {
      const value = valueOf(CALL_LIMITS[field].form, text.trim());
      if (value === undefined) faults.push(`${name}: write ${rangeText(field)}`);
      else limits[field] = value;
    }
  }
  // Each value is of its field's form.
  return faults.length > 0 ? { faults } : { limits };
}

/** `10`, `20.0000`, `60m`, `alarm`, `off`: as it is to be written. */
export function formatLimit(field: LimitName, limits: CallLimits | ExtensionLimits): string {
  const value = (limits as CallLimits)[field];
  if (value === null) return "off";
  if (typeof value === "string") return value;
  const { form } = CALL_LIMITS[field];
  if (form === "usd") return formatUsd(value);
  return form === "duration" ? formatDuration(value * 1_000) : String(value);
}

/** All values that the limit can have; null where it is an amount. */
export function choicesOf(field: LimitName): readonly string[] | null {
  const { form } = CALL_LIMITS[field];
  return typeof form === "string" ? null : form;
}

export function rangeText(field: LimitName): string {
  const { form } = CALL_LIMITS[field];
  switch (form) {
    case "count":
      return `a whole number from 0 to ${MOST_COUNT}, or off`;
    case "usd":
      return "US dollars such as 20.00, or off";
    case "duration":
      return "a duration such as 60m, from 1s to 24h, or off";
    default:
      return form.join(" or ");
  }
}

function valueOf(form: Explained["form"], text: string): number | string | null | undefined {
  if (typeof form !== "string") {
    // To be off is for nothing to follow.
    const word = text === "off" ? "allow" : text;
    return form.includes(word) ? word : undefined;
  }
  if (text === "off") return null;
  switch (form) {
    case "count":
      return /^\d{1,6}$/.test(text) && Number(text) <= MOST_COUNT ? Number(text) : undefined;
    case "usd": {
      const usd = parseUsd(text);
      return "micros" in usd ? usd.micros : undefined;
    }
    case "duration": {
      const ms = parseDuration(text);
      return ms !== null && ms <= MOST_SECONDS * 1_000 ? ms / 1_000 : undefined;
    }
  }
}
