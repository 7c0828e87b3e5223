import parse, { type CountryCode, getCountryCallingCode } from "libphonenumber-js/max";
import mobileExamples from "libphonenumber-js/mobile/examples";
import { readDialled } from "../../../src/domain/calling/number.js";
import type { DialPlan } from "../../../src/domain/policy.js";
import { libphonenumberExamples, neighbours, TYPES } from "./examples.js";

const usa: DialPlan = { country: "US", outsidePrefix: null, internationalPrefixes: [] };

function placeOf(number: string, dialPlan = usa) {
  const reading = readDialled(number, dialPlan);
  return reading.understood ? [reading.number.area, reading.number.numberType] : reading.detail;
}

test.each([
  // North America by area code, overlays too.
  ["+12125550123", "US", "fixed-or-mobile"],
  ["+14165550123", "CA", "fixed-or-mobile"],
  ["+16475550123", "CA", "fixed-or-mobile"],
  ["+18675550123", "CA", "fixed-or-mobile"],
  ["+18765550123", "JM", "mobile"],
  ["+16585550123", "JM", "fixed"],
  ["+12423591234", "BS", "mobile"],
  ["+12462501234", "BB", "mobile"],
  ["+12642351234", "AI", "mobile"],
  ["+12684641234", "AG", "mobile"],
  ["+12843001234", "VG", "mobile"],
  ["+13406421234", "VI", "fixed-or-mobile"],
  ["+13453231234", "KY", "mobile"],
  ["+14413701234", "BM", "mobile"],
  ["+14734031234", "GD", "mobile"],
  ["+16492311234", "TC", "mobile"],
  ["+16644923456", "MS", "mobile"],
  ["+16702345678", "MP", "fixed-or-mobile"],
  ["+16713001234", "GU", "fixed-or-mobile"],
  ["+16847331234", "AS", "mobile"],
  ["+17215205678", "SX", "mobile"],
  ["+17582845678", "LC", "mobile"],
  ["+17672251234", "DM", "mobile"],
  ["+17844301234", "VC", "mobile"],
  ["+17872345678", "PR", "fixed-or-mobile"],
  ["+19392345678", "PR", "fixed-or-mobile"],
  ["+18092345678", "DO", "fixed-or-mobile"],
  ["+18292345678", "DO", "fixed-or-mobile"],
  ["+18492345678", "DO", "fixed-or-mobile"],
  ["+18682911234", "TT", "mobile"],
  ["+18697652917", "KN", "mobile"],
  ["+13572345678", "US", "fixed-or-mobile"],
  ["+14362345678", "US", "fixed-or-mobile"],
  ["+14572345678", "US", "fixed-or-mobile"],
  ["+14832345678", "US", "fixed-or-mobile"],
  ["+16242345678", "US", "fixed-or-mobile"],
  ["+18612345678", "US", "fixed-or-mobile"],
  ["+14712345678", "US", "fixed-or-mobile"],
  ["+16792345678", "US", "fixed-or-mobile"],
  ["+17292345678", "US", "fixed-or-mobile"],
  ["+19242345678", "US", "fixed-or-mobile"],
  ["+16799761234", "US", "premium"],
  ["+18005550199", "US", "toll-free"],
  ["+18885550199", "US", "toll-free"],
  ["+18335550199", "US", "toll-free"],
  ["+19005550199", "US", "premium"],
  ["+12129765123", "US", "premium"],
  ["+14169765123", "CA", "premium"],
  ["+17879765123", "PR", "premium"],
  ["+12469761234", "BB", "premium"],
  ["+18769761234", "JM", "fixed"],
  ["+15005550123", "US", "personal"],
  ["+15335550123", "US", "personal"],
  ["+17005550123", "US", "personal"],
  ["+14565550123", "US", "personal"],
  ["+16005550123", "CA", "voip"],
  ["+13101234", "CA", "uan"],
  // No known exchange begins with 0, and still the area code tells the country.
  ["+12120555123", "US", "unknown"],
  ["+14160555123", "CA", "unknown"],
  ["+18760555123", "JM", "unknown"],
  // Calling codes with several countries.
  ["+79161234567", "RU", "mobile"],
  ["+77012345678", "KZ", "mobile"],
  ["+77172123456", "KZ", "fixed"],
  ["+442079460000", "GB", "fixed"],
  ["+447781123456", "GG", "mobile"],
  ["+441534123456", "JE", "fixed"],
  ["+447797712345", "JE", "mobile"],
  ["+441624756789", "IM", "fixed"],
  ["+447624123456", "IM", "mobile"],
  ["+447012345678", "GB", "personal"],
  ["+449012345678", "GB", "premium"],
  ["+390612345678", "IT", "fixed"],
  ["+390669812345", "VA", "fixed"],
  ["+262262161234", "RE", "fixed"],
  ["+262639012345", "YT", "mobile"],
  ["+590690001234", "GP", "mobile"],
  ["+590590271234", "BL", "fixed"],
  ["+358412345678", "FI", "mobile"],
  ["+35818123456", "AX", "fixed"],
  ["+4740612345", "NO", "mobile"],
  ["+4779123456", "SJ", "fixed"],
  ["+61212345678", "AU", "fixed"],
  ["+61891641234", "CX", "fixed"],
  ["+61891621234", "CC", "fixed"],
  ["+212520123456", "MA", "fixed"],
  ["+59995181234", "CW", "mobile"],
  ["+5993181234", "BQ", "mobile"],
  ["+29051234", "SH", "mobile"],
  ["+2908999", "TA", "fixed"],
  ["+2463801234", "IO", "mobile"],
  ["+24740123", "AC", "mobile"],
  ["+38343201234", "XK", "mobile"],
  // No country at all.
  ["+870301234567", "satellite", "mobile"],
  ["+881612345678", "satellite", "mobile"],
  ["+8816123456789", "satellite", "mobile"],
  ["+88213123456", "satellite", "unknown"],
  ["+88216123456", "satellite", "voip"],
  ["+883510012345", "international-networks", "voip"],
  ["+8823451123456", "international-networks", "voip"],
  ["+979123456789", "international-premium", "premium"],
  ["+80012345678", "international-freephone", "toll-free"],
  ["+80812345678", "international-shared-cost", "shared-cost"],
  ["+878101234567890", "universal-personal", "personal"],
  ["+88812345678901", "disaster-relief", "uan"],
])("%s is in %s and %s", (number, area, numberType) => {
  expect(placeOf(number)).toEqual([area, numberType]);
});

test.each(["+12375550123", "+17105550123", "+11112223333", "+19765550123", "+76543210123"])(
  "the country of %s can't be told",
  (number) => {
    const reading = readDialled(number, usa);
    expect(reading).toMatchObject({ understood: true, number: { area: null, numberType: "unknown" } });
    expect(reading.understood && reading.number.candidates.length).toBeGreaterThan(1);
  },
);

test("a toll-free number that North America shares is at home", () => {
  expect(placeOf("+18005550199", { ...usa, country: "CA" })).toEqual(["CA", "toll-free"]);
  expect(placeOf("+18005550199", { ...usa, country: "DE" })).toEqual(["US", "toll-free"]);
});

test("every example of google's library is where and what it says", () => {
  const examples = libphonenumberExamples();
  expect(examples.length).toBeGreaterThan(900);
  // Plans that changed between the two libraries' metadata.
  const moved = ["+22985751234", "+22981123456", "+26779101234", "+2631312345"];
  const wrong = examples
    .filter(({ number }) => !moved.includes(number))
    .map(({ number, country, numberType }) => [number, [country, numberType], placeOf(number)])
    .filter(([, expected, ours]) => JSON.stringify(expected) !== JSON.stringify(ours));
  expect(wrong).toEqual([]);
});

test("examples and their neighbours are where and what libphonenumber-js says", () => {
  const mobiles = Object.entries(mobileExamples).map(
    ([country, national]) => `+${getCountryCallingCode(country as CountryCode)}${national}`,
  );
  const wrong: unknown[] = [];
  let compared = 0;
  for (const number of [...mobiles, ...libphonenumberExamples().map((example) => example.number)]) {
    for (const other of [number, ...neighbours(number)]) {
      const theirs = parse(other);
      if (theirs?.isValid() !== true || theirs.number !== other || DIFFERENT.test(other)) continue;
      compared += 1;
      const expected = [theirs.country ?? "none", TYPES[theirs.getType() ?? ""]];
      const [area, numberType] = placeOf(other);
      const ours = [/^[A-Z]{2}$/.test(area ?? "") ? area : "none", numberType];
      if (JSON.stringify(ours) !== JSON.stringify(expected)) wrong.push([other, ours, expected]);
    }
  }
  expect(compared).toBeGreaterThan(10_000);
  expect(wrong).toEqual([]);
});

/** What the library has otherwise: North America's 976 exchange is not flagged, Tristan da Cunha's lack of mobile ranges is
 *  taken for "fixed or mobile", and universal personal numbers are VoIP. */
const DIFFERENT = /^\+1...976|^\+2908|^\+878/;
