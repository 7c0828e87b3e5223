import { PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil } from "google-libphonenumber";
import type { NumberType } from "../../../src/domain/policy.js";

/** One of libphonenumber's own examples, with what google's library says of it. */
export interface Example {
  /** E.164. */
  readonly number: string;
  readonly country: string | undefined;
  readonly numberType: NumberType | undefined;
}

/** Examples of every type in every region, each number once. */
export function libphonenumberExamples(): Example[] {
  const google = PhoneNumberUtil.getInstance();
  const examples = google.getSupportedRegions().flatMap((region) =>
    Object.values(PhoneNumberType).flatMap((type): Example[] => {
      const example = type < 0 ? null : google.getExampleNumberForType(region, type);
      if (example === null) return [];
      const typeOfIt = google.getNumberType(example);
      const typeName = Object.keys(PhoneNumberType).find((name) => PhoneNumberType[name] === typeOfIt);
      return [
        {
          number: google.format(example, PhoneNumberFormat.E164),
          country: google.getRegionCodeForNumber(example),
          numberType: TYPES[typeName ?? ""],
        },
      ];
    }),
  );
  return [...new Map(examples.map((example) => [example.number, example])).values()];
}

/** The number with one digit changed, in and out of its range. */
export function neighbours(number: string): string[] {
  return Array.from({ length: 20 }, (_, change) => {
    const at = 2 + ((change * 7) % (number.length - 2));
    return number.slice(0, at) + String(change % 10) + number.slice(at + 1);
  });
}

/** libphonenumber's names of number types, and ours. */
export const TYPES: Readonly<Record<string, NumberType>> = {
  FIXED_LINE: "fixed",
  MOBILE: "mobile",
  FIXED_LINE_OR_MOBILE: "fixed-or-mobile",
  TOLL_FREE: "toll-free",
  PREMIUM_RATE: "premium",
  SHARED_COST: "shared-cost",
  VOIP: "voip",
  PERSONAL_NUMBER: "personal",
  PAGER: "pager",
  UAN: "uan",
  VOICEMAIL: "voicemail",
};
