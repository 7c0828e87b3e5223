import { thrownOut, type Registration } from "../../../src/domain/registration/affected.js";
import {
  effectiveList,
  lets,
  nextEndOf,
  permitOf,
  type AllowList,
} from "../../../src/domain/registration/allow-list.js";

const NOW = 1_000_000;
const on = (...texts: string[]): AllowList => ({
  on: true,
  entries: texts.map((text) => ({ text, note: null, untilMs: null })),
});
const off: AllowList = { ...on("198.51.100.1"), on: false };
const until = (text: string, untilMs: number): AllowList => ({
  on: true,
  entries: [{ text, note: null, untilMs }],
});

describe("What is the IP whitelist feature and what does it do?", () => {
  test("Registrations will be accepted only from the IP addresses listed", () => {
    const list = on("198.51.100.10", "2001:db8::/64");
    expect(permitOf(list, NOW)).toEqual(["198.51.100.10", "2001:db8::/64"]);
    expect(lets(list, "198.51.100.10", NOW)).toBe(true);
    expect(lets(list, "198.51.100.11", NOW)).toBe(false);
    expect(lets(list, "2001:db8::7", NOW)).toBe(true);
  });

  test("with no IP addresses in the list ALL registrations are prevented, even your own", () => {
    expect(permitOf(on(), NOW)).toEqual([]);
    expect(lets(on(), "127.0.0.1", NOW)).toBe(false);
  });

  test("a list that is off lets everybody in, whatever entries it keeps", () => {
    expect(permitOf(off, NOW)).toBeNull();
    expect(lets(off, "203.0.113.1", NOW)).toBe(true);
    expect(lets(off, "no address", NOW)).toBe(true);
  });
});

test("an entry drops out when its time is over", () => {
  const list = until("198.51.100.10", NOW + 1);
  expect(lets(list, "198.51.100.10", NOW)).toBe(true);
  expect(lets(list, "198.51.100.10", NOW + 1)).toBe(false);
  expect(permitOf(list, NOW + 1)).toEqual([]);
  expect(nextEndOf(list, NOW)).toBe(NOW + 1);
  expect(nextEndOf(list, NOW + 1)).toBeNull();
});

test("per extension rules will take precedence over the global settings: off as well as on", () => {
  expect(effectiveList(on("198.51.100.1"), undefined)).toEqual({ scope: "global", list: on("198.51.100.1") });
  expect(effectiveList(on("198.51.100.1"), off)).toEqual({ scope: "own", list: off });
  expect(effectiveList(off, on())).toEqual({ scope: "own", list: on() });
});

describe("who is thrown out", () => {
  const phone = (extension: string, address: string | null): Registration => ({
    extension,
    contact: `${extension};@1`,
    address,
    addressIs: "seen",
    userAgent: null,
    sinceMs: null,
  });
  const registered = [
    phone("100", "198.51.100.10"),
    phone("101", "198.51.100.11"),
    phone("102", null),
    phone("103", "198.51.100.11"),
    phone("104", "198.51.100.10"),
  ];
  const names = (global: AllowList, own: [string, AllowList][]) =>
    thrownOut(registered, { global, own: new Map(own) }, NOW).map(({ extension }) => extension);

  test("those off the global list, and of unknown address, but nobody with a list of their own", () => {
    expect(names(on("198.51.100.10"), [["103", off]])).toEqual(["101", "102"]);
  });
  test("those off their own list, though the global one has them", () => {
    expect(names(on("198.51.100.0/24"), [["104", on("192.0.2.0/24")]])).toEqual(["102", "104"]);
  });
  test("nobody while all is off, everybody where the list is on and empty", () => {
    expect(names(off, [])).toEqual([]);
    expect(names(on(), [])).toHaveLength(5);
  });
});
