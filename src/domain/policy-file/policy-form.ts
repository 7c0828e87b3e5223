import { networkOfTarget, parseTarget, type Target } from "../address.js";
import { formatAreaRule, parseAreaRule } from "../calling/area-rule.js";
import { parseDialPlan } from "../calling/dial-plan.js";
import type { CallLimits, ExtensionLimits } from "../calling/limits.js";
import { CALL_LIMITS, formatLimit, LIMIT_NAMES, parseLimits } from "../calling/limits-explained.js";
import { formatUsd, parseUsd } from "../calling/money.js";
import {
  ANNOUNCEMENT_SAYS,
  DEFAULT_REFUSAL,
  isAnnouncement,
  REFUSAL_REASON_NAMES,
  REFUSAL_REASONS,
  type Refusal,
  type Refusals,
} from "../calling/refusals.js";
import { formatPrefix, parsePrefix } from "../calling/prefix-rule.js";
import {
  formatSetting,
  INTRUSION_FIELDS,
  INTRUSION_SETTINGS,
  withSettings,
} from "../intrusion/settings-explained.js";
import type { IntrusionSettings } from "../intrusion/settings.js";
import type {
  CallingRules,
  DialPlan,
  ExtensionRules,
  OpenArea,
  Policy,
  PrefixRule,
  TellCaller,
} from "../policy.js";
import type { RegistrationRules } from "../registration/allow-list.js";
import { allowList, note } from "./allow-list-form.js";
import {
  choice,
  entriesOf,
  type Fault,
  flag,
  type Form,
  list,
  map,
  nullable,
  Place,
  record,
  scalarOf,
  text,
} from "./form.js";

/** The whole policy as a tree for people, as `policy export` gives it: maps, lists, text, numbers. */
export function writePolicy(policy: Policy): ReadonlyMap<string, unknown> {
  return wholePolicy.write(rulesOf(policy)) as ReadonlyMap<string, unknown>;
}

/** Reads such a tree. A section or setting that is left out stays as in `before`; a list, and the extensions, are taken whole.
 *  The version is that of `before`. Or all that is wrong, each with its place and what to write instead. */
export function readPolicy(
  written: unknown,
  before: Policy,
): { readonly policy: Policy } | { readonly faults: readonly Fault[] } {
  const place = new Place();
  const rules = wholePolicy.read(written, place, rulesOf(before));
  if (rules === undefined || place.faults.length > 0) return { faults: place.faults };
  const { neverBan, ...others } = rules;
  const notes = neverBan.flatMap(({ target, note: why }): [string, string][] =>
    why === null ? [] : [[target, why]],
  );
  return {
    policy: {
      ...others,
      version: before.version,
      neverBan: neverBan.map(({ target }) => target),
      ...(notes.length > 0 && { neverBanNotes: Object.fromEntries(notes) }),
    },
  };
}

interface NeverBan {
  readonly target: Target;
  readonly note: string | null;
}

/** What a file says: everything but the version, with the two halves of the never-ban list as one. */
interface Rules extends Omit<Policy, "version" | "neverBan" | "neverBanNotes"> {
  readonly neverBan: readonly NeverBan[];
}

function rulesOf({ neverBan, neverBanNotes = {}, ...others }: Policy): Rules {
  return {
    ...others,
    neverBan: neverBan.map((target) => ({
      target,
      note: Object.hasOwn(neverBanNotes, target) ? (neverBanNotes[target] ?? null) : null,
    })),
  };
}

const digits = text<string>(
  (value) => value,
  (written) =>
    /^[0-9]{1,15}$/.test(written) ? { value: written } : { error: 'write digits in quotes, such as "9"' },
);

const dialPlanFields = record<DialPlan>(
  {
    country: {
      name: "country",
      form: text(
        (value) => value,
        (written) => ({ value: written }),
      ),
    },
    outsidePrefix: { name: "outside-prefix", form: nullable(digits, "none") },
    internationalPrefixes: {
      name: "international-prefixes",
      form: list(digits, 'write a list such as ["00"]'),
    },
    areaCode: { name: "area-code", form: nullable(digits, "none"), leftOut: null },
    // Empty is a value of its own: none is dialled, whatever the country's custom.
    trunkPrefix: {
      name: "trunk-prefix",
      form: text(
        (value: string | null) => value ?? "as-the-country",
        (written) => ({ value: written === "as-the-country" ? null : written }),
      ),
      leftOut: null,
    },
    shortestOutside: { name: "shortest-outside", form: nullable(wholeNumber(1, 15), "none"), leftOut: null },
  },
  { leftOut: "before" },
);

const dialPlan: Form<DialPlan> = {
  write: dialPlanFields.write,
  read: (written, place, before) => {
    const faults = place.faults.length;
    const fields = dialPlanFields.read(written, place, before);
    if (fields === undefined || place.faults.length > faults) return undefined;
    const parsed = parseDialPlan(fields);
    return "error" in parsed ? place.fault(parsed.error) : parsed.dialPlan;
  },
};

const openAreas = list<OpenArea>(
  text(formatAreaRule, (written) => {
    const parsed = parseAreaRule(written);
    return "error" in parsed ? parsed : { value: parsed.area };
  }),
  "write a list of areas, such as [US, CA, GB:mobile]",
);

const prefixActions = map<PrefixRule["action"]>(choice<PrefixRule["action"]>({ allow: true, deny: true }), {
  says: 'write prefixes with what holds for them, such as "+4470": deny',
  nameFault: (name) => {
    const parsed = parsePrefix(name);
    return "error" in parsed ? parsed.error : null;
  },
});

/** `"+4470": deny`. In order of prefix, as edits keep them. */
const prefixRules: Form<readonly PrefixRule[]> = {
  write: (rules) => new Map(rules.map(({ prefix, action }) => [formatPrefix(prefix), action] as const)),
  read: (written, place) => {
    const actions = prefixActions.read(written, place, undefined);
    if (actions === undefined) return undefined;
    const rules = new Map<string, PrefixRule>();
    for (const [name, action] of Object.entries(actions)) {
      const parsed = parsePrefix(name);
      if ("error" in parsed) continue;
      const { prefix } = parsed;
      if (rules.has(prefix)) place.at(name).fault("this prefix comes twice: keep one of them");
      rules.set(prefix, { prefix, action });
    }
    return [...rules.values()].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
  },
};

const cap = nullable(
  text<number>(formatUsd, (written) => {
    const price = parseUsd(written);
    return "micros" in price
      ? { value: price.micros }
      : { error: "a price cap is an amount in US dollars a minute, such as 0.2500, or off" };
  }),
  "off",
);

const limits = limitsForm<CallLimits>(false);
const ownLimits = limitsForm<Partial<ExtensionLimits>>(true);

/** By the limits' own names and forms. @param own those of one extension: the ones that are left out it has not */
function limitsForm<T extends Partial<CallLimits>>(own: boolean): Form<T> {
  return {
    write: (held) =>
      new Map(
        LIMIT_NAMES.filter((field) => Object.hasOwn(held, field)).map((field) => [
          CALL_LIMITS[field].name,
          formatLimit(field, held as CallLimits),
        ]),
      ),
    read: (written, place, before) => {
      const entries = entriesOf(written);
      if (entries === null) return place.fault("write limits by their names, such as spend: 20.00");
      let read = own ? {} : { ...before };
      for (const [name, value] of entries) {
        const word = scalarOf(value) ?? "";
        const parsed = parseLimits({ [name]: ["", "~", "null"].includes(word) ? "off" : word }, own);
        if ("limits" in parsed) read = { ...read, ...parsed.limits };
        else for (const fault of parsed.faults) place.at(name).fault(fault.replace(`${name}: `, ""));
      }
      return read as T;
    },
  };
}

const intrusion: Form<IntrusionSettings> = {
  write: (settings) =>
    new Map<string, unknown>(
      INTRUSION_FIELDS.map((field) => {
        const { name, form } = INTRUSION_SETTINGS[field];
        const value = formatSetting(field, settings);
        if (form === "durations") return [name, value.split(" ")] as const;
        return [name, form === "count" || form === "share" ? settings[field] : value] as const;
      }),
    ),
  read: (written, place, before) => {
    const entries = entriesOf(written);
    if (entries === null || before === undefined) {
      return place.fault("write settings by their names, such as attempts: 10");
    }
    const read = withSettings(before, Object.fromEntries(entries));
    if ("settings" in read) return read.settings;
    for (const [name, message] of read.faults) place.at(name).fault(message);
    return undefined;
  },
};

const registration = record<RegistrationRules>(
  {
    allowList: { name: "allow-list", form: allowList },
    runningCalls: {
      name: "running-calls",
      form: choice<RegistrationRules["runningCalls"]>({ keep: true, end: true }),
    },
  },
  { leftOut: "before" },
);

const trunkDecks = map<string>(
  text(
    (value) => value,
    (written) =>
      /^[a-z0-9][a-z0-9._-]{0,39}$/i.test(written)
        ? { value: written }
        : { error: "a deck's name has letters, digits, . _ - only" },
  ),
  {
    says: "write trunks with their decks, such as carrier: wholesale",
    nameFault: (name) => (name === "" || name === "__proto__" ? "a trunk is the name of an endpoint" : null),
  },
);

const refusal = record<Refusal>(
  {
    cause: { name: "cause", form: wholeNumber(1, 127) },
    announcement: {
      name: "announcement",
      form: nullable(
        text(
          (value: string) => value,
          (written) => (isAnnouncement(written) ? { value: written } : { error: ANNOUNCEMENT_SAYS }),
        ),
        "none",
      ),
    },
  },
  { leftOut: "before" },
);

const refusalsByName = map<Refusal>(
  {
    write: refusal.write,
    read: (written, place, before) => refusal.read(written, place, before ?? DEFAULT_REFUSAL),
  },
  {
    says: "write reasons with what whoever is refused gets, such as area-closed: { cause: 21, announcement: standard }",
    nameFault: (name) =>
      Object.hasOwn(REFUSAL_REASONS, name)
        ? null
        : `there is no such reason: write ${REFUSAL_REASON_NAMES.join(", ")}`,
  },
);

const refusals: Form<Refusals> = {
  write: (held) => refusalsByName.write(held),
  read: (written, place, before) => refusalsByName.read(written, place, before),
};

const calling = record<CallingRules>(
  {
    openAreas: { name: "open-areas", form: openAreas },
    prefixRules: { name: "prefixes", form: prefixRules, leftOut: [] },
    highRisk: {
      name: "high-risk",
      form: choice<"refuse" | "allow">({ refuse: true, allow: true }),
      leftOut: "refuse",
    },
    capMicrosPerMinute: { name: "cap", form: cap },
    withoutRate: {
      name: "without-rate",
      form: choice<CallingRules["withoutRate"]>({ refuse: true, allow: true }),
    },
    feeInFirstMinute: { name: "fee-in-first-minute", form: flag },
    trunkDecks: { name: "trunk-decks", form: trunkDecks },
    limits: { name: "limits", form: limits },
    refusals: { name: "refusals", form: refusals, leftOut: {} },
    tellCaller: {
      name: "tell-caller",
      form: choice<TellCaller>({ no: true, message: true }),
      leftOut: "no",
    },
  },
  { leftOut: "before" },
);

const extensionRules = record<ExtensionRules>(
  {
    openAreas: { name: "open-areas", form: openAreas },
    prefixRules: { name: "prefixes", form: prefixRules },
    capMicrosPerMinute: { name: "cap", form: cap },
    limits: { name: "limits", form: ownLimits },
    allowList: { name: "allow-list", form: allowList },
  },
  { leftOut: "absent" },
);

const extensions = map<ExtensionRules>(extensionRules, {
  says: 'write extensions with their own rules, such as "100": { cap: 0.5000 }',
  nameFault: (name) =>
    /^[\w.@+-]{1,80}$/.test(name) && name !== "__proto__"
      ? null
      : "an extension is the name of an endpoint in Asterisk, such as 100: letters, digits, . _ @ + -",
});

/** `198.51.100.0/24`, or with a note `{ target: 198.51.100.0/24, note: the office }`. */
const neverBan: Form<NeverBan> = {
  write: ({ target, note: why }) => (why === null ? target : noted.write({ target, note: why })),
  read: (written, place) => {
    const bare = scalarOf(written);
    const fields = bare === null ? noted.read(written, place, undefined) : { target: bare, note: null };
    if (fields === undefined || fields.target === undefined) {
      return place.fault("write an address or a network, such as 198.51.100.0/24");
    }
    const parsed = parseTarget(fields.target);
    if ("error" in parsed) return place.fault(parsed.error);
    if (networkOfTarget(parsed.target).bits > 0) return { target: parsed.target, note: fields.note ?? null };
    return place.fault("that is every address, and nobody could be banned any more: name a smaller network");
  },
};

const noted = record<{ target?: string; note?: string | null }>(
  {
    target: {
      name: "target",
      form: text(
        (value) => value,
        (written) => ({ value: written }),
      ),
    },
    note: { name: "note", form: note },
  },
  { leftOut: "absent" },
);

const neverBans = list(neverBan, "write a list of addresses and networks");

const wholePolicy = record<Rules>(
  {
    dialPlan: { name: "dial-plan", form: dialPlan },
    calling: { name: "calling", form: calling },
    extensions: { name: "extensions", form: extensions },
    intrusion: { name: "intrusion", form: intrusion },
    registration: { name: "registration", form: registration },
    neverBan: { name: "never-ban", form: neverBans },
  },
  { leftOut: "before" },
);

function wholeNumber(min: number, max: number): Form<number> {
  return text<number>(
    (value) => value,
    (written) =>
      /^[0-9]{1,9}$/.test(written) && Number(written) >= min && Number(written) <= max
        ? { value: Number(written) }
        : { error: `write a whole number from ${min} to ${max}` },
  );
}
