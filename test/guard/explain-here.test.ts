import { sourceOf } from "../../src/domain/address.js";
import type { AccountTries, Lock } from "../../src/domain/intrusion/ban.js";
import { explainAddress, type AddressFacts } from "../../src/guard/explain.js";
import { ban, NOW, target } from "../http/support/services.js";

const OFFICE = target("198.51.100.20");
const MINUTE = 60_000;

function office(of: Partial<AddressFacts> = {}): AddressFacts {
  return {
    target: OFFICE,
    standing: "known",
    protectedBecause: null,
    inForce: [],
    history: [],
    blocks: [],
    place: null,
    refusedByList: [],
    known: [worked("100", MINUTE)],
    callsPaused: null,
    pinging: null,
    unknownAccounts: [],
    locks: [],
    devices: [],
    recent: failed(),
    ...of,
  };
}

function worked(account: string, agoMs: number): AddressFacts["known"][number] {
  return {
    source: sourceOf("198.51.100.20")!,
    account,
    firstAtMs: 0,
    lastAtMs: NOW - agoMs,
    successes: 12,
  };
}

function failed(...tried: readonly [name: string, tries: number][]): AddressFacts["recent"] {
  const times = { firstAtMs: NOW - 5 * MINUTE, lastAtMs: NOW - 4_000 };
  const each = tried.map(([name, tries]): AccountTries => ({
    ...{ name, tries, ...times, gapMs: 3_000, gapDeviationMs: 100 },
    kinds: ["wrong-password"],
  }));
  const count = each.reduce((sum, { tries }) => sum + tries, 0);
  return { count, accounts: tried.map(([name]) => name), tried: each, ...times, left: null };
}

const tell = (of: Partial<AddressFacts>) => {
  const told = explainAddress(office(of), NOW);
  if (told === null) throw new Error("nothing is known of it");
  return told;
};

describe("a source whose calls are refused since a program places them", () => {
  const refused = [{ extension: "104", calls: 12, lastAtMs: NOW - 4_000 }];
  const callsPaused = { untilMs: NOW + 9 * MINUTE, refused };

  test("is told as such, with whose calls they were, until when, and what to do", () => {
    const { headline, story, advice } = tell({ callsPaused });
    expect(headline).toBe("198.51.100.20 is not shut out, but its calls are refused for another 9 min.");
    expect(story.slice(0, 2)).toEqual([
      "A program places calls from 198.51.100.20, faster than people dial: its calls are refused for another 9 min, but for emergency calls. Everything else there goes on.",
      "12 calls of 104 were refused for it, the last 4 s ago.",
    ]);
    expect(advice).toEqual([
      "If a dialler of yours places these calls: ringfence detection set call-attempts N lets N a minute pass. If not, somebody has the password of 104: change it, and look for the device. The calls pass again by themselves.",
    ]);
  });

  test("also where no extension of it is known, and nothing else", () => {
    const none = { known: [], callsPaused: { ...callsPaused, refused: [] } };
    const { advice } = tell({ ...none, standing: "stranger" });
    expect(advice.join()).toContain("somebody has the password of the extension that calls");
  });

  test("and is told to be shut out where it is that as well", () => {
    const inForce = [ban({ target: OFFICE })];
    const { headline, story } = tell({ callsPaused, inForce });
    expect(headline).toContain("is shut out for another");
    expect(story.join(" ")).toContain("A program places calls from 198.51.100.20");
  });
});

describe("an account that is shut to all but its known addresses", () => {
  const times = { fromMs: NOW - MINUTE, untilMs: NOW + 59 * MINUTE };
  const nobody = { liftedAtMs: null, liftedBy: null };
  const lock: Lock = { id: 1, account: "103", ...times, sources: 20, by: "ringfence", ...nobody };

  test.each(["stranger", "known"] as const)("is what a %s whom it refuses is told", (standing) => {
    const { story, advice } = tell({ standing, known: [], locks: [lock], recent: failed(["103", 3]) });
    expect(story).toContain(
      "103 is shut to all but its known addresses for another 59 min, since 20 sources tried it, and this is none of them: even the right password is refused.",
    );
    expect(advice[0]).toBe("If that is the phone of 103: ringfence locks lift 103");
    expect(advice.join()).not.toContain("Nothing to do");
  });
});

test("the passwords of many accounts are one sentence", () => {
  const known = Array.from({ length: 20 }, (_, n) => worked(`${100 + n}`, (n + 1) * 1_000));
  expect(tell({ known }).story).toEqual([
    "The passwords of 20 accounts were right from here, last 100 (1 s ago), 101 (2 s ago), 102 (3 s ago), 103 (4 s ago), 104 (5 s ago) and 15 more.",
  ]);
});

describe("an account that fails where others work", () => {
  const device = {
    userAgent: "snomD375/10.1.15",
    methods: { REGISTER: 40 },
    registerEveryMs: 60_000,
    lastAtMs: NOW,
  };

  test("and is none of Asterisk's: which device to look for", () => {
    const { story, advice } = tell({
      recent: failed(["299", 45]),
      unknownAccounts: ["299"],
      devices: [{ account: "299", device }],
    });
    expect(story.at(-1)).toBe(
      "299 is no account here: a device there still has one that is gone, or somebody mistyped it. It is tried by a snomD375, REGISTER every 60 s.",
    );
    expect(advice).toEqual(["Look for the device that has 299, and set it up anew or switch it off."]);
  });

  test("and works there too: two devices, and no block that would hit the good one", () => {
    const { story, advice } = tell({ recent: failed(["100", 60]) });
    expect(story.at(-1)).toContain("100 fails and works from there at once, so two devices use it");
    expect(advice).toEqual([
      "Look for a second device that uses 100 there. If nobody has one, somebody guesses: find out who.",
    ]);
  });

  test("and calls under a name of its own making: what is set for its calls is wrong", () => {
    const calls = {
      ...device,
      userAgent: "AVM FRITZ!Box 7590",
      methods: { INVITE: 90 },
      registerEveryMs: null,
    };
    const { story, advice } = tell({
      recent: failed(["4989123456", 45]),
      unknownAccounts: ["4989123456"],
      devices: [{ account: "4989123456", device: calls }],
    });
    expect(story.at(-1)).toContain(
      "Calls come from there as 4989123456, which is no account here, and are refused",
    );
    expect(advice).toEqual([
      "Check the user name and password for outgoing calls in the device that calls as 4989123456.",
    ]);
  });

  test("and registers while its calls may be what fails", () => {
    const both = { ...device, methods: { REGISTER: 30, INVITE: 90 } };
    const { story, advice } = tell({
      recent: failed(["100", 45]),
      devices: [{ account: "100", device: both }],
    });
    expect(story.at(-1)).toContain(
      "its registrations succeed, and either its calls carry another user name or password",
    );
    expect(advice).toEqual([
      "Check the user name and password for outgoing calls in the device that calls as 100.",
      "Look for a second device that uses 100 there. If nobody has one, somebody guesses: find out who.",
    ]);
  });

  test.each<[string, Partial<AddressFacts>]>([
    ["was mistyped a few times and then right", { recent: failed(["100", 3]) }],
    ["has stopped working", { recent: failed(["100", 30]), known: [worked("100", 60 * MINUTE)] }],
    ["never worked there", { recent: failed(["104", 30]) }],
  ])("and %s: its account will be blocked there alone", (_, of) => {
    const { story, advice } = tell(of);
    expect(story.join(" ")).not.toContain("two devices");
    expect(advice).toEqual([
      "Look at the device that fails. If it goes on, its account is blocked there, and nobody else is touched.",
    ]);
  });

  test("a stranger's is told nothing of which accounts there are", () => {
    const { story } = tell({
      standing: "stranger",
      known: [],
      recent: failed(["299", 5]),
      unknownAccounts: ["299"],
    });
    expect(story.join(" ")).not.toContain("no account here");
  });

  test("with a hostile name, it is shown in quotes", () => {
    const evil = "9\u202e\n]0;x";
    const { story } = tell({ recent: failed([evil, 12]), unknownAccounts: [evil] });
    expect(story.at(-1)).toMatch(/^"9\?\?\]0;x" is no account here/);
  });
});
