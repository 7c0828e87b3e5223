import { PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil } from "google-libphonenumber";
import { readDialled } from "../../../src/domain/calling/number.js";
import type { DialPlan } from "../../../src/domain/policy.js";
import { TYPES } from "./examples.js";

const google = PhoneNumberUtil.getInstance();
const abroad: DialPlan = { country: "DE", outsidePrefix: null, internationalPrefixes: [] };

/** Where the two libraries' metadata differ, and why ours is right: Benin's numbers got 01 ahead in November 2024, and Botswana and Zimbabwe
 *  have changed ranges since google's package was made. */
const CHANGED = ["+22985751234", "+22981123456", "+26779101234", "+2631312345"];

/** Every type in every region that google's library has an example of. */
const rows = google.getSupportedRegions().flatMap((region) =>
  Object.entries(PhoneNumberType).flatMap(([typeName, type]) => {
    const example = type < 0 ? null : google.getExampleNumberForType(region, type);
    if (example === null) return [];
    const number = google.format(example, PhoneNumberFormat.E164);
    const shared = google.getRegionCodeForNumber(example) ?? region;
    const typeOfIt = Object.entries(PhoneNumberType).find(
      ([, value]) => value === google.getNumberType(example),
    );
    return CHANGED.includes(number)
      ? []
      : [{ region: shared, typeName, number, type: TYPES[typeOfIt?.[0] ?? ""] }];
  }),
);

test("the table covers the world", () => {
  expect(new Set(rows.map(({ region }) => region)).size).toBeGreaterThan(235);
  expect(rows.length).toBeGreaterThan(1_000);
});

test("every region and type is told as google's library tells it", () => {
  const wrong = rows.filter(({ number, region, type }) => {
    const reading = readDialled(number, abroad);
    return !reading.understood || reading.number.area !== region || reading.number.numberType !== type;
  });
  expect(wrong).toEqual([]);
});

/** NANPA's list of area codes outside the USA and Canada, overlays with them. */
const ISLANDS: Readonly<Record<string, string>> = {
  ...{ 242: "BS", 246: "BB", 264: "AI", 268: "AG", 284: "VG", 340: "VI", 345: "KY", 441: "BM", 473: "GD" },
  ...{ 649: "TC", 658: "JM", 664: "MS", 670: "MP", 671: "GU", 684: "AS", 721: "SX", 758: "LC", 767: "DM" },
  ...{ 784: "VC", 787: "PR", 809: "DO", 829: "DO", 849: "DO", 868: "TT", 869: "KN", 876: "JM", 939: "PR" },
};
/** Canada's, in service (CNAC). */
const CANADA =
  "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506 514 " +
  "519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942";
/** Overlays and others of the USA that came late. */
const USA =
  "201 205 212 213 220 223 227 272 279 283 324 326 329 332 341 346 350 353 363 369 380 445 447 448 463 464 " +
  "472 501 534 557 564 572 582 628 629 640 645 656 659 667 680 686 689 726 728 730 737 738 743 747 771 813 820 821 826 " +
  "835 838 839 840 854 863 872 907 808 930 934 943 945 947 948 959 975 983 986 989";

const codes = [
  ...Object.entries(ISLANDS),
  ...CANADA.split(" ").map((code) => [code, "CA"] as const),
  ...USA.split(" ").map((code) => [code, "US"] as const),
];

test.each(codes)("the area code %s is in %s, known exchange or not", (code, country) => {
  for (const exchange of ["555", "234", "099"]) {
    const reading = readDialled(`+1${code}${exchange}0123`, abroad);
    expect(reading).toMatchObject({ understood: true, number: { area: country } });
  }
});

/** Newer than the metadata and our own table, or given to nobody: nobody is told a country that is not known, and such calls pass only
 *  where all of +1 is open. */
test.each(["222", "388", "966"])("the unknown area code %s is not guessed", (code) => {
  const reading = readDialled(`+1${code}5550123`, abroad);
  expect(reading).toMatchObject({ understood: true, number: { area: null, numberType: "unknown" } });
  expect(reading.understood && reading.number.candidates.length).toBeGreaterThan(20);
});

/** What scanners put ahead: each resolves to where it goes, or is refused. */
test.each([
  ["US", "9", "999900972599123456", null],
  ["US", "9", "900972599123456", null],
  ["US", "9", "9011972599123456", "+972599123456"],
  ["US", null, "000972599123456", null],
  ["US", null, "00972599123456", null],
  ["US", null, "0972599123456", null],
  ["US", null, "972599123456", null],
  ["US", null, "+972599123456", "+972599123456"],
  ["GB", null, "000972599123456", null],
  ["GB", null, "00972599123456", "+972599123456"],
  ["GB", "9", "900972599123456", "+972599123456"],
  ["GB", "9", "9900972599123456", null],
  ["GB", "9", "999900972599123456", null],
  ["DE", "0", "000972599123456", "+972599123456"],
  ["DE", "0", "0000972599123456", null],
  ["DE", null, "000972599123456", null],
])(
  "on a PBX of %s with outside prefix %s, the scanner's %s is %s",
  (country, outsidePrefix, digits, number) => {
    const reading = readDialled(digits, { ...abroad, country, outsidePrefix });
    expect(reading.understood ? reading.number.number : null).toBe(number);
  },
);

test.each<[Partial<DialPlan>, string, string | null]>([
  [{ country: "US", areaCode: "212" }, "5550123", "+12125550123"],
  [{ country: "US", areaCode: "212", outsidePrefix: "9" }, "95550123", "+12125550123"],
  [{ country: "US" }, "5550123", null],
  [{ country: "GB", areaCode: "20" }, "79460000", "+442079460000"],
  [{ country: "GB", areaCode: "20" }, "02079460000", "+442079460000"],
  [{ country: "DE", areaCode: "30" }, "123456", "+4930123456"],
  [{ country: "US", areaCode: "212", shortestOutside: 7 }, "555012", null],
  [{ country: "DE", areaCode: "30", shortestOutside: 5 }, "1234", null],
  [{ country: "DK", trunkPrefix: "0" }, "032123456", "+4532123456"],
  [{ country: "DE", trunkPrefix: "" }, "30123456", "+4930123456"],
  [{ country: "DE", trunkPrefix: "9" }, "930123456", "+4930123456"],
])("by %j, %s is %s", (settings, digits, number) => {
  const reading = readDialled(digits, { ...abroad, ...settings });
  expect(reading.understood ? reading.number.number : null).toBe(number);
});
