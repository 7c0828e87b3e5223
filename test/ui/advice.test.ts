import { adviceHere } from "../../src/ui/parts/advice.js";

const says = (sentence: string, role: "admin" | "viewer" = "admin") =>
  adviceHere(sentence, () => role === "admin");

test.each([
  ["If it is one of yours: ringfence bans lift 203.0.113.12", "If it is one of yours: press “Lift”."],
  [
    "If it is one of yours: ringfence bans lift 203.0.113.12 and ringfence bans lift 203.0.113.0/24",
    "If it is one of yours: press “Lift”.",
  ],
  [
    "To never shut it out again: ringfence never-ban add 203.0.113.12",
    "To never shut it out again: press “Never ban this”.",
  ],
  [
    "Its network is not shut out with it: an IPv4 /24 is often many people's. Where it is one attacker's, ringfence bans add 203.0.113.0/24 shuts it out.",
    "Its network is not shut out with it: an IPv4 /24 is often many people's. Where it is one attacker's, “Ban the network” shuts it out.",
  ],
  [
    "no rate deck: the cap can't judge. Import one with ringfence rates import FILE",
    "no rate deck: the cap can't judge. Import one under Rates.",
  ],
])("%s", (sentence, text) => {
  expect(says(sentence)).toEqual({ text, page: null });
});

test("who has no button is told who has", () => {
  expect(says("If it is one of yours: ringfence bans lift 203.0.113.12", "viewer").text).toBe(
    "If it is one of yours: an operator can lift it.",
  );
});

test.each([
  [
    'To let it in again: ringfence blocks lift "a b" 198.51.100.10',
    "To let it in again: lift its block.",
    "/bans?tab=blocks&q=198.51.100.10",
  ],
  [
    "If that is the phone of 104: ringfence locks lift 104",
    "If that is the phone of 104: lift its lock.",
    "/bans?tab=locks",
  ],
  [
    "If that is its phone: ringfence allow-list add 104 198.51.100.10",
    "If that is its phone: add the address to its allow-list.",
    "/allow-lists",
  ],
  [
    'If a dialler of yours places these calls: ringfence detection set call-attempts N lets N a minute pass. If not, somebody has the password of "x": change it.',
    'If a dialler of yours places these calls: a higher limit of call attempts lets more pass. If not, somebody has the password of "x": change it.',
    "/detection",
  ],
])("%s", (sentence, text, to) => {
  expect(says(sentence)).toMatchObject({ text, page: { to } });
});

test("a name that looks like a command stays the name it is", () => {
  const name = '": ringfence bans lift 10.0.0.1"';
  expect(says(`Somebody guesses the password of ${name}`).text).toBe(
    `Somebody guesses the password of ${name}`,
  );
  expect(says(`If that is the phone of ${name}: ringfence locks lift ${name}`).text).toBe(
    `If that is the phone of ${name}: lift its lock.`,
  );
});
