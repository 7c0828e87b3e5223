import fc from "fast-check";
import { parseTarget, type Target } from "../../../src/domain/address.js";
import { HIGH_RISK_TYPES } from "../../../src/domain/calling/area-rule.js";
import { INTRUSION_SETTINGS, type SettingForm } from "../../../src/domain/intrusion/settings-explained.js";
import type { IntrusionSettings } from "../../../src/domain/intrusion/settings.js";
import type { NumberType, Policy } from "../../../src/domain/policy.js";

/** A generator for each field of T, so that a field which is added fails the build until it is generated. */
type Generators<T> = { readonly [K in keyof T]-?: fc.Arbitrary<T[K] | undefined> };

function all<T>(generators: Generators<T>): fc.Arbitrary<T> {
  return fc
    .record(generators as Record<string, fc.Arbitrary<unknown>>)
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T);
}

const maybe = <V>(value: fc.Arbitrary<V>) => fc.option(value, { nil: undefined });
const nullOr = <V>(value: fc.Arbitrary<V>) => fc.option(value, { nil: null });
const micros = fc.integer({ min: 0, max: 9_999_999_999 });
const word = fc.stringMatching(/^[a-z][a-z0-9._-]{0,12}$/);
const note = fc
  .string({ minLength: 1, maxLength: 40, unit: "grapheme" })
  .filter((text) => !/[\p{Cc}\u2028\u2029]/u.test(text) && !["~", "null"].includes(text));
const area = fc.record({
  area: fc.constantFrom("US", "GB", "JM", "satellite", "DE"),
  types: nullOr(fc.subarray<NumberType>(["fixed", "mobile", ...HIGH_RISK_TYPES], { minLength: 1 })),
});
const prefixRules = fc
  .uniqueArray(fc.constantFrom("44", "4470", "1876", "8816", "49180"))
  .chain((prefixes) =>
    fc
      .array(fc.constantFrom("allow" as const, "deny" as const), { minLength: 5, maxLength: 5 })
      .map((actions) =>
        prefixes.sort().map((prefix, i) => ({ prefix, action: actions[i] ?? ("deny" as const) })),
      ),
  );
const extensionLimits = {
  attemptsPerMinute: nullOr(fc.integer({ min: 0, max: 100_000 })),
  concurrentInternational: nullOr(fc.integer({ min: 0, max: 100_000 })),
  spendMicros: nullOr(micros),
  internationalSeconds: nullOr(fc.integer({ min: 1, max: 86_400 })),
  newCountry: fc.constantFrom("allow" as const, "alarm" as const),
  newSource: fc.constantFrom("allow" as const, "alarm" as const, "refuse" as const),
};
const entryText = fc.constantFrom(
  "195.168.1.1",
  "195.168.1.1-195.168.1.100",
  "195.168.1.0/24",
  "195.168.1.0/255.255.255.0",
  "2001:db8::/32",
  "2001:DB8::1-2001:db8::ff",
);
const allowList = fc.record({
  on: fc.boolean(),
  entries: fc.uniqueArray(
    fc.record({
      text: entryText,
      note: nullOr(note),
      untilMs: nullOr(fc.integer({ min: 0, max: 4_102_444_800_000 })),
    }),
    { selector: ({ text }) => text },
  ),
});

function settingValue(form: SettingForm): fc.Arbitrary<unknown> {
  switch (form.form) {
    case "count":
      return fc.integer({ min: form.min, max: form.max });
    case "share":
      return fc.integer({ min: 0, max: 900 }).map((share) => share / 1_000);
    case "duration":
      return fc
        .integer({ min: form.minMs / 1_000, max: form.maxMs / 1_000 })
        .map((seconds) => seconds * 1_000);
    case "durations":
      return fc.array(
        fc.integer({ min: form.minMs / 1_000, max: form.maxMs / 1_000 }).map((seconds) => seconds * 1_000),
        { minLength: 1, maxLength: form.most },
      );
    case "choice":
      return fc.constantFrom(...Object.keys(form.choices));
  }
}

const intrusion = fc.record(
  Object.fromEntries(Object.entries(INTRUSION_SETTINGS).map(([field, form]) => [field, settingValue(form)])),
) as unknown as fc.Arbitrary<IntrusionSettings>;

const extensionRules = all<Policy["extensions"][string]>({
  openAreas: maybe(fc.array(area, { maxLength: 3 })),
  prefixRules: maybe(prefixRules),
  capMicrosPerMinute: maybe(nullOr(micros)),
  limits: maybe(fc.record(extensionLimits, { requiredKeys: [] })),
  allowList: maybe(allowList),
});

const targets = fc.uniqueArray(
  fc.constantFrom("198.51.100.0/24", "203.0.113.7", "2001:db8::/48", "192.0.2.1").map((text) => {
    const parsed = parseTarget(text);
    if ("error" in parsed) throw new Error(parsed.error);
    return parsed.target;
  }),
);

const neverBan: fc.Arbitrary<{ neverBan: Target[]; neverBanNotes: Record<string, string> | undefined }> =
  targets.chain((list) =>
    fc.array(nullOr(note), { minLength: list.length, maxLength: list.length }).map((notes) => {
      const noted = list.flatMap((target, i) => (notes[i] == null ? [] : [[target, notes[i]] as const]));
      return { neverBan: list, neverBanNotes: noted.length === 0 ? undefined : Object.fromEntries(noted) };
    }),
  );

/** Any policy that edits can lead to, in the one form that reading gives: what means the same as nothing is left out. */
export const arbitraryPolicy: fc.Arbitrary<Policy> = all<Omit<Policy, "neverBan" | "neverBanNotes">>({
  version: fc.integer({ min: 1, max: 1_000 }),
  dialPlan: all<Policy["dialPlan"]>({
    country: fc.constant("US"),
    outsidePrefix: nullOr(fc.constantFrom("9", "0", "00")),
    internationalPrefixes: fc.uniqueArray(fc.constantFrom("00", "011", "0011")),
    areaCode: maybe(fc.constantFrom("212")),
    trunkPrefix: maybe(fc.constantFrom("", "0", "1")),
    shortestOutside: maybe(fc.integer({ min: 1, max: 15 })),
  }),
  calling: all<Policy["calling"]>({
    openAreas: fc.array(area, { maxLength: 3 }),
    prefixRules: maybe(prefixRules.filter((rules) => rules.length > 0)),
    highRisk: maybe(fc.constant("allow" as const)),
    capMicrosPerMinute: nullOr(micros),
    withoutRate: fc.constantFrom("refuse" as const, "allow" as const),
    feeInFirstMinute: fc.boolean(),
    trunkDecks: fc.dictionary(word, word),
    refusals: maybe(
      fc.dictionary(
        fc.constantFrom("default", "area-closed", "spend-limit"),
        fc.record({
          cause: fc.integer({ min: 1, max: 127 }),
          announcement: nullOr(fc.constantFrom("standard", "ss-noservice", "a/b&c")),
        }),
        { minKeys: 1 },
      ),
    ),
    tellCaller: maybe(fc.constant("message" as const)),
    limits: fc.record({
      ...extensionLimits,
      systemSpendMicros: nullOr(micros),
      scriptPauseSeconds: nullOr(fc.integer({ min: 1, max: 86_400 })),
    }),
  }),
  extensions: fc.dictionary(
    fc.stringMatching(/^[\w.@+-]{1,8}$/).filter((name) => name !== "__proto__"),
    extensionRules,
  ),
  intrusion,
  registration: fc.record({ allowList, runningCalls: fc.constantFrom("keep" as const, "end" as const) }),
})
  .chain((policy) =>
    neverBan.map(({ neverBan: list, neverBanNotes }) => ({
      ...policy,
      neverBan: list,
      ...(neverBanNotes !== undefined && { neverBanNotes }),
    })),
  )
  // Without the bare prototypes that fast-check gives.
  .map((policy) => JSON.parse(JSON.stringify(policy)) as Policy);
