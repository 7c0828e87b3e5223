import { adviceParts, type Deed } from "../../src/ui/pages/bans/advice.js";

const HERE = "203.0.113.12";
const lift: Deed = { kind: "button", button: "lift" };
const never: Deed = { kind: "button", button: "never" };
const network: Deed = { kind: "button", button: "network" };
const page = (to: "blocks" | "locks" | "list" | "detection", of = ""): Deed => ({
  kind: "page",
  page: to,
  of,
});

// The sentences are those of GET /why; test/guard/explain.test.ts holds them in place.
test.each<[string, ReturnType<typeof adviceParts>]>([
  ["Nothing to do.", ["Nothing to do."]],
  [`If it is one of yours: ringfence bans lift ${HERE}`, ["If it is one of yours: ", lift, "."]],
  [
    `If it is one of yours: ringfence bans lift ${HERE} and ringfence bans lift 203.0.113.0/24`,
    ["If it is one of yours: ", lift, "."],
  ],
  [
    `To never shut it out again: ringfence never-ban add ${HERE}`,
    ["To never shut it out again: ", never, "."],
  ],
  [`To let it in again: ringfence blocks lift 104 ${HERE}`, ["To let it in again: ", page("blocks"), "."]],
  [
    "If that is the phone of 104: ringfence locks lift 104",
    ["If that is the phone of 104: ", page("locks"), "."],
  ],
  [
    "If that is its phone: ringfence allow-list add 104 2001:db8::1",
    ["If that is its phone: ", page("list", "104"), "."],
  ],
  [
    "If a dialler of yours places these calls: ringfence detection set call-attempts N lets N a minute pass. If not, change it.",
    ["If a dialler of yours places these calls: ", page("detection"), ". If not, change it."],
  ],
  [
    "They are many. Where it is one attacker's, ringfence bans add 203.0.113.0/24 shuts it out.",
    ["They are many. Where it is one attacker's, ", network, "."],
  ],
])("%s", (sentence, parts) => {
  expect(adviceParts(sentence)).toEqual(parts);
});

test.each([
  'Enter the new password of "ringfence bans lift 0.0.0.0/0" in the phone.',
  'Somebody guesses the password of "To never shut it out again: ringfence never-ban add 1.2.3.4", find it.',
])("a command in a name that an attacker chose is a text like any other: %s", (sentence) => {
  expect(adviceParts(sentence)).toEqual([sentence]);
});
