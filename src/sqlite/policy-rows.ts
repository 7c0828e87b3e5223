import { z } from "zod";
import type { Target } from "../domain/address.js";
import { DEFAULT_INTRUSION, type IntrusionSettings } from "../domain/intrusion/settings.js";
import type { CallLimits, ExtensionLimits } from "../domain/calling/limits.js";
import { isAnnouncement, isCause, REFUSAL_REASON_NAMES, type Refusals } from "../domain/calling/refusals.js";
import {
  DEFAULT_POLICY,
  type CallingRules,
  type DialPlan,
  type ExtensionRules,
  type OpenArea,
  type PrefixRule,
  type TellCaller,
} from "../domain/policy.js";
import type { AllowList, RegistrationRules } from "../domain/registration/allow-list.js";
import { parseEntry } from "../domain/registration/entry.js";
import { RingfenceError } from "../domain/error.js";
import { jsonText, oneOf, parseRow, targetText, numberType } from "./row.js";

interface Settings {
  readonly dialPlan: DialPlan;
  readonly calling: Omit<CallingRules, "openAreas" | "limits">;
  readonly limits: CallLimits;
  readonly intrusion: IntrusionSettings;
  readonly registration: RegistrationRules;
}

/** The settings of the stored rows; one that has no row has its default. Rows that no setting has are faults. */
export function parseSettings(rows: readonly unknown[]): Settings {
  const stored: Record<keyof Settings, Record<string, unknown>> = {
    dialPlan: {},
    calling: {},
    limits: {},
    intrusion: {},
    registration: {},
  };
  for (const raw of rows) {
    const { key } = raw as { key: unknown };
    const { value } = parseRow("policy_settings", String(key), settingRow, raw);
    const [group = "", name = ""] = String(key).split(".");
    if (!isGroup(group) || !(Object.hasOwn(DEFAULTS[group], name) || MAY_BE_LEFT_OUT.includes(String(key)))) {
      throw new RingfenceError("store", `table policy_settings, row ${JSON.stringify(key)}: no such setting`);
    }
    stored[group][name] = value;
  }
  const group = <G extends keyof Settings>(name: G): Settings[G] =>
    parseRow("policy_settings", name, SCHEMAS[name], { ...DEFAULTS[name], ...stored[name] });
  return {
    dialPlan: group("dialPlan"),
    calling: group("calling"),
    limits: group("limits"),
    intrusion: group("intrusion"),
    registration: group("registration"),
  };
}

export function parseOpenArea(raw: unknown): OpenArea {
  return parseRow("open_areas", placeOf(raw), openAreaRow, raw);
}

/** The rules of all extensions: `rules` in any order, `areas` by position. */
export function parseExtensions(
  rules: readonly unknown[],
  areas: readonly unknown[],
): Record<string, ExtensionRules> {
  const own = new Map<string, OpenArea[]>();
  for (const raw of areas) {
    const { extension, ...area } = parseRow("extension_open_areas", placeOf(raw), extensionAreaRow, raw);
    own.set(extension, [...(own.get(extension) ?? []), area]);
  }
  return Object.fromEntries(
    rules.map((raw): [string, ExtensionRules] => {
      const row = parseRow("extension_rules", placeOf(raw), extensionRow, raw);
      return [
        row.extension,
        {
          ...(row.own_areas === 1 && { openAreas: own.get(row.extension) ?? [] }),
          ...(row.prefix_rules !== null && { prefixRules: row.prefix_rules }),
          ...(row.own_cap === 1 && { capMicrosPerMinute: row.cap_micros_per_minute }),
          ...(row.limits !== null && { limits: row.limits }),
          ...(row.allow_list !== null && { allowList: row.allow_list }),
        },
      ];
    }),
  );
}

export function parseNeverBan(raw: unknown): { target: Target; note: string | null } {
  return parseRow("never_ban", placeOf(raw), neverBanRow, raw);
}

const DEFAULTS: Settings = {
  dialPlan: DEFAULT_POLICY.dialPlan,
  calling: {
    capMicrosPerMinute: DEFAULT_POLICY.calling.capMicrosPerMinute,
    withoutRate: DEFAULT_POLICY.calling.withoutRate,
    feeInFirstMinute: DEFAULT_POLICY.calling.feeInFirstMinute,
    trunkDecks: DEFAULT_POLICY.calling.trunkDecks,
  },
  limits: DEFAULT_POLICY.calling.limits,
  intrusion: DEFAULT_POLICY.intrusion,
  registration: DEFAULT_POLICY.registration,
};

/** Settings that a policy need not have. */
const MAY_BE_LEFT_OUT: readonly string[] = [
  "dialPlan.areaCode",
  "dialPlan.trunkPrefix",
  "dialPlan.shortestOutside",
  "calling.prefixRules",
  "calling.highRisk",
  "calling.refusals",
  "calling.tellCaller",
];

function isGroup(name: string): name is keyof Settings {
  return Object.hasOwn(DEFAULTS, name);
}

const micros = z.int().min(0);
const ms = z.int().positive();
const count = z.int().positive();

const extensionLimits = {
  attemptsPerMinute: z.nullable(z.int().min(0)),
  concurrentInternational: z.nullable(z.int().min(0)),
  spendMicros: z.nullable(micros),
  internationalSeconds: z.nullable(count),
  newCountry: oneOf<ExtensionLimits["newCountry"]>({ allow: true, alarm: true }),
  newSource: oneOf<ExtensionLimits["newSource"]>({ allow: true, alarm: true, refuse: true }),
};
/** Entries are stored as they were written, and read by the parser that took them. */
export const allowList: z.ZodType<AllowList> = z.strictObject({
  on: z.boolean(),
  entries: z.array(
    z.strictObject({
      text: z.string().refine((text) => "range" in parseEntry(text), "not an entry of an allow-list"),
      note: z.nullable(z.string()),
      untilMs: z.nullable(z.int()),
    }),
  ),
});

const prefixRules = z.array(
  z.strictObject({
    prefix: z.string().regex(/^[1-9][0-9]{0,14}$/),
    action: oneOf<PrefixRule["action"]>({ allow: true, deny: true }),
  }),
);

const refusals: z.ZodType<Refusals> = z.partialRecord(
  z.enum(REFUSAL_REASON_NAMES),
  z.strictObject({
    cause: z.int().refine(isCause),
    announcement: z.nullable(z.string().refine(isAnnouncement)),
  }),
);

const SCHEMAS: { readonly [G in keyof Settings]: z.ZodType<Settings[G]> } = {
  dialPlan: z.strictObject({
    country: z.string().regex(/^[A-Z]{2}$/),
    outsidePrefix: z.nullable(z.string()),
    internationalPrefixes: z.array(z.string()),
    areaCode: z.exactOptional(z.nullable(z.string())),
    trunkPrefix: z.exactOptional(z.nullable(z.string())),
    shortestOutside: z.exactOptional(z.nullable(z.int().positive())),
  }),
  calling: z.strictObject({
    capMicrosPerMinute: z.nullable(micros),
    withoutRate: oneOf<CallingRules["withoutRate"]>({ refuse: true, allow: true }),
    feeInFirstMinute: z.boolean(),
    trunkDecks: z.record(z.string().min(1), z.string().min(1)),
    prefixRules: z.exactOptional(prefixRules),
    refusals: z.exactOptional(refusals),
    tellCaller: z.exactOptional(oneOf<TellCaller>({ no: true, message: true })),
    highRisk: z.exactOptional(oneOf<NonNullable<CallingRules["highRisk"]>>({ refuse: true, allow: true })),
  }),
  limits: z.strictObject({
    ...extensionLimits,
    systemSpendMicros: z.nullable(micros),
    scriptPauseSeconds: z.nullable(count),
  }),
  intrusion: z.strictObject({
    attempts: count,
    windowMs: ms,
    accountNames: count,
    loginAttempts: count,
    ladderMs: z.array(ms).min(1),
    unprovenRungs: z.int().min(0),
    jitter: z.number().min(0).max(1),
    forgetMs: ms,
    knownMs: ms,
    unansweredChallenges: count,
    unansweredWindowMs: ms,
    slowAttempts: count,
    slowWindowMs: ms,
    blockAttempts: count,
    failingAccounts: count,
    // Rules stored before there was such a setting.
    groupAttempts: count.default(DEFAULT_INTRUSION.groupAttempts),
    groupSources: count,
    groupWindowMs: ms,
    groupAction: oneOf<IntrusionSettings["groupAction"]>({ propose: true, ban: true }),
    accountSources: count,
    accountWindowMs: ms,
    accountAction: oneOf<IntrusionSettings["accountAction"]>({ alarm: true, lock: true }),
    accountLockMs: ms,
    callAttempts: count,
    callWindowMs: ms,
    scope: oneOf<IntrusionSettings["scope"]>({ host: true, voip: true }),
  }),
  registration: z.strictObject({
    allowList,
    runningCalls: oneOf<RegistrationRules["runningCalls"]>({ keep: true, end: true }),
  }),
};

const settingRow = z.object({ key: z.string(), value: jsonText(z.unknown()) });

const numberTypes = z.array(numberType);

const openAreaRow = z.object({ area: z.string().min(1), types: z.nullable(jsonText(numberTypes)) });
const extensionAreaRow = openAreaRow.extend({ extension: z.string() });

const flag = z.literal([0, 1]);
/** Only those that the extension has of its own. */
const ownLimits = z
  .strictObject(extensionLimits)
  .partial()
  .transform(
    (limits) =>
      Object.fromEntries(
        Object.entries(limits).filter(([, value]) => value !== undefined),
      ) as Partial<ExtensionLimits>,
  );
const extensionRow = z.object({
  extension: z.string().min(1),
  own_areas: flag,
  own_cap: flag,
  cap_micros_per_minute: z.nullable(micros),
  limits: z.nullable(jsonText(ownLimits)),
  allow_list: z.nullable(jsonText(allowList)),
  prefix_rules: z.nullable(jsonText(prefixRules)),
});

const neverBanRow = z.object({ target: targetText, note: z.nullable(z.string()) });

/** The primary key of a row, for an error about it. */
function placeOf(raw: unknown): string {
  const row = raw as Record<string, unknown>;
  return ["extension", "target", "position"]
    .filter((column) => column in row)
    .map((column) => String(row[column]))
    .join(" ");
}
