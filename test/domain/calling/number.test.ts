import fc from "fast-check";
import { readDialled } from "../../../src/domain/calling/number.js";
import { parseDialPlan } from "../../../src/domain/calling/dial-plan.js";
import type { DialPlan } from "../../../src/domain/policy.js";

/** `US`, `US/9` with an outside prefix, `US+00` with another international prefix. */
function plan(text: string): DialPlan {
  const [, country = "", outside, international] = /^(\w\w)(?:\/(\d+))?(?:\+(\d+))?$/.exec(text) ?? [];
  return {
    country,
    outsidePrefix: outside ?? null,
    internationalPrefixes: international === undefined ? [] : [international],
  };
}

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

test.each([
  // The USA: 10 digits, 1 and 10, 011 abroad.
  ["US", "2125550123", "+12125550123", "US"],
  ["US", "12125550123", "+12125550123", "US"],
  ["US", "+12125550123", "+12125550123", "US"],
  ["US", "18765550123", "+18765550123", "JM"],
  ["US", "8765550123", "+18765550123", "JM"],
  ["US", "01118765550123", "+18765550123", "JM"],
  ["US", "011442079460000", "+442079460000", "GB"],
  ["US", "011881612345678", "+881612345678", "satellite"],
  ["US/9", "912125550123", "+12125550123", "US"],
  ["US/9", "92125550123", "+12125550123", "US"],
  ["US/9", "9011442079460000", "+442079460000", "GB"],
  ["US/9", "918765550123", "+18765550123", "JM"],
  ["US/9", "9725550123", "+19725550123", "US"],
  ["US/9", "2125550123", "+12125550123", "US"],
  ["US/9", "+442079460000", "+442079460000", "GB"],
  ["US+00", "00972599123456", "+972599123456", "IL"],
  ["US/9+00", "900972599123456", "+972599123456", "IL"],
  ["CA", "3101234", "+13101234", "CA"],
  ["AG", "4601234", "+12684601234", "AG"],
  // Great Britain: 0 and 00.
  ["GB", "02079460000", "+442079460000", "GB"],
  ["GB", "00442079460000", "+442079460000", "GB"],
  ["GB", "442079460000", "+442079460000", "GB"],
  ["GB", "01481720014", "+441481720014", "GG"],
  ["GB", "0018765550123", "+18765550123", "JM"],
  ["GB/9", "902079460000", "+442079460000", "GB"],
  ["GG", "720014", "+441481720014", "GG"],
  ["GG", "02079460000", "+442079460000", "GB"],
  // Germany: 0 and 00, and 0 is a common outside prefix.
  ["DE", "030123456", "+4930123456", "DE"],
  ["DE", "0302101234567", "+49302101234567", "DE"],
  ["DE", "00302101234567", "+302101234567", "GR"],
  ["DE/0", "0030123456", "+4930123456", "DE"],
  ["DE/0", "000302101234567", "+302101234567", "GR"],
  ["DE", "+4909001234567", "+499001234567", "DE"],
  // No trunk prefix; Italy's 0 belongs to the number.
  ["ES", "912345678", "+34912345678", "ES"],
  ["ES", "0018765550123", "+18765550123", "JM"],
  ["DK", "32123456", "+4532123456", "DK"],
  ["IT", "0612345678", "+390612345678", "IT"],
  ["IT", "390612345678", "+390612345678", "IT"],
  ["IT", "3123456789", "+393123456789", "IT"],
  ["IT", "0669812345", "+390669812345", "VA"],
  // Russia: 8 and 810.
  ["RU", "84951234567", "+74951234567", "RU"],
  ["RU", "87012345678", "+77012345678", "KZ"],
  ["RU", "88001234567", "+78001234567", "RU"],
  ["RU", "79161234567", "+79161234567", "RU"],
  ["RU", "81018765550123", "+18765550123", "JM"],
  // Others with ways of their own.
  ["AU", "0212345678", "+61212345678", "AU"],
  ["AU", "1300123456", "+611300123456", "AU"],
  ["AU", "131234", "+61131234", "AU"],
  ["AU", "001118765550123", "+18765550123", "JM"],
  ["JP", "0312345678", "+81312345678", "JP"],
  ["JP", "01018765550123", "+18765550123", "JM"],
  ["BR", "01511987654321", "+5511987654321", "BR"],
  ["BR", "011987654321", "+5511987654321", "BR"],
  ["BR", "11987654321", "+5511987654321", "BR"],
  ["BR", "001518765550123", "+18765550123", "JM"],
  ["CN", "18765550123", "+8618765550123", "CN"],
  ["CL", "12300201234", "+5612300201234", "CL"],
  ["FR", "0123456789", "+33123456789", "FR"],
  ["IN", "9123456789", "+919123456789", "IN"],
  ["AR", "0111523456789", "+5491123456789", "AR"],
  ["US", "+4402079460000", "+442079460000", "GB"],
])("on a PBX of %s, %s is %s in %s", (text, digits, number, area) => {
  expect(readDialled(digits, plan(text))).toMatchObject({ understood: true, number: { number, area } });
});

test.each([
  ["US", "", /nothing was dialled/],
  ["US", "+", /nothing was dialled/],
  ["US", "0", /neither/],
  ["US", "411", /neither/],
  ["US", "5550123", /area code/],
  ["JM", "9261234", /area code/],
  ["US", "442079460000", /neither/],
  ["US", "0118765550123", /no country has a code/],
  ["US", "1010288187655501230", /neither/],
  ["US", "112125550123", /neither/],
  ["US", "+112125550123", /too many digits/],
  ["US", "+0118765550123", /begins with 0/],
  ["US", "01101142079460000", /begins with 0|neither/],
  ["US", "+999123456789", /no country has a code/],
  ["US", "+1", /too few digits/],
  ["US", "+1212555", /too few digits|has 6 digits/],
  ["US", "+44207946", /has 6 digits|too few/],
  ["US", "+49301234567890123", /too many digits|15 digits/],
  ["US", "+441", /too few/],
  // Scans for a prefix that opens the way abroad.
  ["US", "00972599123456", /neither/],
  ["US", "000972599123456", /neither/],
  ["US", "972599123456", /neither/],
  ["US", "999900972599123456", /neither/],
  ["US/9", "999900972599123456", /neither/],
  ["US/9", "900972599123456", /neither/],
  ["US/9", "99011972599123456", /neither/],
  ["GB", "000972599123456", /neither/],
  ["GB", "999900972599123456", /neither/],
  ["GB", "18765550123", /neither/],
  ["GB", "2079460000", /lacks the prefix 0/],
  ["DE", "972599123456", /lacks the prefix 0/],
  ["DE", "000972599123456", /neither/],
  ["DE", "999900972599123456", /neither/],
  ["IT", "000972599123456", /neither/],
  ["IT", "972599123456", /neither/],
  ["ES", "972599123456", /neither/],
  ["BR", "0018765550123", /neither/],
  // Australia's 0018 chooses a carrier for a call abroad.
  ["AU", "0018765550123", /too few digits for a number of \+7/],
  // Codes and hostile text.
  ["US", "*6718765550123", /codes with \* or #/],
  ["US", "#31#2125550123", /codes with \* or #/],
  ["US", "2125550123#", /codes with \* or #/],
  ["US", "212-555-0123", /only the digits.*without what stands between them it is 2125550123$/],
  ["US", "+1 (212) 736.5000", /it is \+12127365000$/],
  ["GB", "0044\u00a020 7946\u20110018", /it is 00442079460018$/],
  ["US", "1-800-FLOWERS", /make a number$/],
  ["US", "1 2&3", /make a number$/],
  ["US", " 2125550123", /only the digits/],
  ["US", "2125550123\n", /only the digits/],
  ["US", "++12125550123", /only the digits/],
  ["US", "1+2125550123", /only the digits/],
  ["US", "12125550123&SIP/x", /only the digits/],
  ["US", "12125550123,1", /only the digits/],
  ["US", "${SHELL(id)}", /only the digits/],
  ["US", "１２１２５５５０１２３", /only the digits/],
  ["US", "٢١٢٥٥٥٠١٢٣", /only the digits/],
  ["US", "212CALLNOW", /only the digits/],
  ["US", "1".repeat(33), /more than 32/],
  ["US", "1".repeat(100_000), /more than 32/],
  ["XX", "2125550123", /country/],
])("on a PBX of %s, %j is refused", (text, digits, detail) => {
  const reading = readDialled(digits, plan(text));
  expect(reading).toEqual({ understood: false, detail: expect.stringMatching(detail) });
});

test("where a bare number may be one abroad without its prefix, nothing is guessed", () => {
  // Area code 453 is unassigned, and +45 32 12 34 56 is a number in Denmark.
  expect(readDialled("4532123456", plan("US"))).toEqual({
    understood: false,
    detail: "4532123456 may be a national number or lack the prefix of an international one",
  });
});

test("whatever is dialled, the answer is a number of digits alone or a refusal", () => {
  const plans = ["US", "US/9+00", "DE/0", "IT", "RU", "BR", "CL", "FI"].map(plan);
  const digits = fc.oneof(
    fc.string({ unit: fc.constantFrom(...DIGITS, "+", "*", "#"), maxLength: 20 }),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.string({ unit: "binary", maxLength: 40 }),
  );
  fc.assert(
    fc.property(digits, fc.constantFrom(...plans), (dialled, dialPlan) => {
      const reading = readDialled(dialled, dialPlan);
      if (!reading.understood) return;
      expect(dialled).toMatch(/^\+?[0-9]+$/);
      expect(reading.number.number).toMatch(/^\+[1-9][0-9]{3,14}$/);
      expect(reading.number.candidates.length).toBeGreaterThan(0);
    }),
    { numRuns: 3_000 },
  );
});

test("an E.164 number means the same however it is dialled", () => {
  const number = fc.string({ unit: fc.constantFrom(...DIGITS), minLength: 5, maxLength: 15 });
  fc.assert(
    fc.property(number, (digits) => {
      const plus = readDialled(`+${digits}`, plan("US"));
      if (!plus.understood) return;
      expect(readDialled(`011${digits}`, plan("US"))).toMatchObject({ number: plus.number });
      expect(readDialled(`9011${digits}`, plan("US/9"))).toMatchObject({ number: plus.number });
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [{ country: "us", outsidePrefix: "9", internationalPrefixes: ["00", "00"] }, "US"],
  [{ country: "DE", outsidePrefix: null, internationalPrefixes: [] }, "DE"],
])("the dial plan %j is taken", (written, country) => {
  expect(parseDialPlan(written)).toMatchObject({ dialPlan: { country } });
});

test.each([
  [{ country: "UK", outsidePrefix: null, internationalPrefixes: [] }, /two letters/],
  [{ country: "satellite", outsidePrefix: null, internationalPrefixes: [] }, /two letters/],
  [{ country: "US", outsidePrefix: "", internationalPrefixes: [] }, /1 to 4 digits/],
  [{ country: "US", outsidePrefix: "*9", internationalPrefixes: [] }, /1 to 4 digits/],
  [{ country: "US", outsidePrefix: null, internationalPrefixes: ["0"] }, /2 to 8 digits/],
  [{ country: "US", outsidePrefix: null, internationalPrefixes: ["+"] }, /2 to 8 digits/],
])("the dial plan %j is refused with what to write", (written, error) => {
  expect(parseDialPlan(written)).toEqual({ error: expect.stringMatching(error) });
});
