import { makePin, weaknessOf } from "../../../src/domain/portal/pin.js";

test.each([
  ["12345", "6 to 12 digits"],
  ["1234567890123", "6 to 12 digits"],
  ["48291a", "6 to 12 digits"],
  ["４８２９１３", "6 to 12 digits"],
  ["000000", "another"],
  ["121212", "another"],
  ["112112", "another"],
  ["482482", "another"],
  ["123456", "another"],
  ["987654", "another"],
  ["890123", "another"],
  ["135791", "another"],
  ["147258", "another"],
  ["852741", "another"],
  ["482284", "another"],
  ["311299", "another"],
  ["123199", "another"],
  ["991231", "another"],
  ["14111987", "another"],
  ["19871114", "another"],
  ["104829", "another"],
  ["821049", "another"],
])("%s is no PIN for 104", (pin, why) => {
  expect(weaknessOf(pin, "104")).toContain(why);
});

test.each(["482913", "7390164", "60391827", "940285176302"])("%s is one", (pin) => {
  expect(weaknessOf(pin, "104")).toBeNull();
});

test("one that is made has eight digits, and is never a weak one", () => {
  const drawn = Array.from("11111111141119871048291348291370", Number);
  expect(makePin("104", () => drawn.shift()!)).toBe("48291370");
});
