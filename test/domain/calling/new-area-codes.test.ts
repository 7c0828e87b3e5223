import { isValidPhoneNumber } from "libphonenumber-js/max";
import newAreaCodes from "../../../src/domain/calling/new-area-codes.json";

test.each(newAreaCodes.codes)(
  "area code %s (%s, %s) is not in the metadata yet: take it away once it is",
  (code) => {
    expect(isValidPhoneNumber(`+1${code}2345678`)).toBe(false);
  },
);

test("each says where it is from, and since when", () => {
  for (const [code = "", , , source = "", date = ""] of newAreaCodes.codes) {
    expect(code).toMatch(/^[2-9][0-9]{2}$/);
    expect(source.length).toBeGreaterThan(20);
    expect(date).toMatch(/^20[0-9]{2}-[0-9]{2}-[0-9]{2}$/);
  }
});
