/** The few parts of google-libphonenumber that tests compare with. */
declare module "google-libphonenumber" {
  export interface PhoneNumber {
    getNationalNumber(): number | undefined;
  }
  export const PhoneNumberType: Readonly<Record<string, number>>;
  export const PhoneNumberFormat: { readonly E164: number };
  export class PhoneNumberUtil {
    static getInstance(): PhoneNumberUtil;
    getSupportedRegions(): string[];
    getExampleNumberForType(region: string, type: number): PhoneNumber | null;
    getNumberType(number: PhoneNumber): number;
    getRegionCodeForNumber(number: PhoneNumber): string | undefined;
    format(number: PhoneNumber, format: number): string;
  }
  export class ShortNumberInfo {
    static getInstance(): ShortNumberInfo;
    isEmergencyNumber(digits: string, region: string): boolean;
  }
}
