import type { Target } from "../../src/domain/address.js";
import type { Evidence, Service, Transport } from "../../src/domain/intrusion/security-event.js";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { Replay, type ReplayedDecision } from "../../src/guard/replay.js";
import { event, T0 } from "../domain/intrusion/script.js";
import {
  asksAndLeaves,
  byHand,
  every,
  fromAnyPort,
  HOUR,
  MINUTE,
  refusedBy,
  sentAgain,
  scan,
  SECOND,
  type Sender,
  signsIn,
  together,
  tries,
  underOneCallId,
  unknownAccount,
  wrongPassword,
} from "./support/situations.js";

/** What happens in front of a PBX, hour by hour, and what a person who has run one for ten years would do about it. */
interface Situation {
  readonly name: string;
  readonly evidence: readonly Evidence[];
  /** `address cause proof`, in the order taken. */
  readonly bans?: readonly string[];
  /** `account@address cause proof`, in the order taken. */
  readonly blocks?: readonly string[];
  /** Slugs of alarms, each once. */
  readonly alarms?: readonly string[];
  /** How long each ban or block is, in minutes, in the order taken. */
  readonly minutes?: readonly number[];
}

const DAY = 24 * HOUR;
const PRESENT = [...Array.from({ length: 40 }, (_, n) => `${100 + n}`), "sales-desk"];
const PAST = [{ name: "198", firstAtMs: T0 - 90 * DAY, lastAtMs: T0 - 20 * DAY }];

const stranger = (transport: Transport = "udp"): Sender => ({ address: "203.0.113.12", transport });
const office = (transport: Transport = "udp"): Sender => ({ address: "198.51.100.20", transport });
const home = (transport: Transport = "udp"): Sender => ({ address: "198.51.100.77", transport });
const carrier: Sender = { address: "192.0.2.20" };
const admin: Sender = { address: "192.0.2.99" };

const thirty = Array.from({ length: 30 }, (_, n) => `${101 + n}`);

/** Phones that register every five minutes, each at its own second. */
function works(accounts: readonly string[], sender: Sender, hours: number, fromMs = 0): Evidence[] {
  return accounts.flatMap((account, n) =>
    signsIn(account, sender, every(5 * MINUTE, hours * 12, fromMs + n * 7 * SECOND)),
  );
}

/** Numbered names, one after the other, at these times. */
function names(
  times: readonly number[],
  tell: (name: string, at: number) => Evidence[],
  first = 2000,
): Evidence[] {
  return times.flatMap((atMs, n) => tell(`${first + n}`, atMs));
}

function rotatingInside64(times: readonly number[]): Evidence[] {
  return times.flatMap((atMs, n) =>
    wrongPassword("100", { address: `2001:db8:a:1::${(n + 1).toString(16)}` }, [atMs]),
  );
}

function login(service: Service, address: string, times: readonly number[]): Evidence[] {
  return times.map((atMs) =>
    event({
      kind: "invalid-password",
      service,
      account: "admin",
      address,
      transport: "tcp",
      atMs: T0 + atMs,
      session: `${service}-${atMs}`,
    }),
  );
}

const ATTACKS: readonly Situation[] = [
  {
    name: "a fast guesser over UDP",
    evidence: wrongPassword("100", stranger(), every(100, 40)),
    bans: ["203.0.113.12 attack unproven"],
    minutes: [15],
  },
  ...(["tcp", "tls", "wss"] as const).map((transport) => ({
    name: `a fast guesser over ${transport.toUpperCase()}`,
    evidence: wrongPassword("100", stranger(transport), every(100, 40)),
    bans: ["203.0.113.12 attack returned"],
  })),
  {
    name: "a guesser who takes another address of his /64 for each guess",
    evidence: rotatingInside64(every(SECOND, 40)),
    bans: ["2001:db8:a:1::/64 attack unproven"],
  },
  {
    name: "somebody who goes through the extensions and waits for no answer",
    evidence: names(every(200, 60), (name, at) => scan(name, stranger(), [at]), 100),
    bans: ["203.0.113.12 attack unproven"],
  },
  {
    name: "the same over TCP, answering each challenge",
    evidence: names(every(200, 60), (name, at) => unknownAccount(name, stranger("tcp"), [at])),
    bans: ["203.0.113.12 attack returned"],
  },
  {
    name: "all guesses under one Call-ID",
    evidence: underOneCallId(wrongPassword("100", stranger(), every(500, 40))),
    bans: ["203.0.113.12 attack unproven"],
  },
  {
    name: "all account names under one Call-ID",
    evidence: underOneCallId(names(every(500, 40), (name, at) => scan(name, stranger(), [at]))),
    bans: ["203.0.113.12 attack unproven"],
  },
  {
    name: "all challenges under one Call-ID, at a steady pace, none answered",
    evidence: underOneCallId(asksAndLeaves("100", stranger(), every(SECOND, 120))),
    bans: ["203.0.113.12 attack unproven"],
  },
  {
    name: "Call-IDs, ports and accounts that never come twice",
    evidence: fromAnyPort(
      names(every(20 * SECOND, 40), (name, at) => unknownAccount(name, stranger(), [at])),
    ),
    bans: ["203.0.113.12 attack unproven"],
  },
  {
    name: "a slow guesser: one try in ten minutes, for a day",
    evidence: wrongPassword("100", stranger(), every(10 * MINUTE, 144)),
    bans: ["203.0.113.12 attack unproven"],
  },
  {
    name: "a slow guesser over TCP who knows eight names",
    evidence: every(10 * MINUTE, 144).flatMap((at, n) =>
      wrongPassword(`${100 + (n % 8)}`, stranger("tcp"), [at]),
    ),
    bans: ["203.0.113.12 attack returned"],
  },
  {
    name: "sixty challenges in half an hour, none answered",
    evidence: asksAndLeaves("100", stranger(), every(30 * SECOND, 60)),
    bans: ["203.0.113.12 attack unproven"],
  },
  {
    name: "sixty challenges in a burst, none answered, and silence",
    evidence: asksAndLeaves("100", stranger(), every(20, 60)),
    bans: ["203.0.113.12 attack unproven"],
  },
  {
    name: "names that Asterisk can't print, so that only challenges show",
    evidence: every(SECOND, 40).flatMap((atMs) => tries(`C(-) F(-,r${atMs})`, stranger(), [atMs])),
    bans: ["203.0.113.12 attack unproven"],
  },
  {
    name: "a guesser at chan_sip",
    evidence: tries("C(100) P(100)", { ...stranger(), service: "sip" }, every(SECOND, 40)),
    bans: ["203.0.113.12 attack unproven"],
  },
  {
    name: "a guesser at IAX2",
    evidence: tries("C(100) P(100)", { ...stranger(), service: "iax2" }, every(SECOND, 40)),
    bans: ["203.0.113.12 attack unproven"],
  },
  ...(["ami", "http"] as const).map((service) => ({
    name: `a guesser at ${service.toUpperCase()}`,
    evidence: login(service, "203.0.113.12", every(3 * SECOND, 8)),
    bans: ["203.0.113.12 attack returned"],
  })),
  {
    name: "one guess from each of thirty addresses, on one account",
    evidence: Array.from({ length: 30 }, (_, n) =>
      wrongPassword("100", { address: `203.0.${n}.9` }, every(90 * SECOND, 2, n * SECOND)),
    ).flat(),
    alarms: ["account-attacked"],
  },
  {
    name: "a guesser who comes back each day, over TCP: five rungs, and the last again",
    evidence: Array.from({ length: 6 }, (_, n) =>
      wrongPassword("100", stranger("tcp"), every(SECOND, 15, n * 8 * DAY)),
    ).flat(),
    bans: Array.from({ length: 6 }, () => "203.0.113.12 attack returned"),
    minutes: [15, 60, 360, 1440, 10_080, 10_080],
  },
  {
    name: "the same without proof: two rungs",
    evidence: Array.from({ length: 4 }, (_, n) =>
      wrongPassword("100", stranger(), every(SECOND, 15, n * DAY)),
    ).flat(),
    bans: Array.from({ length: 4 }, () => "203.0.113.12 attack unproven"),
    minutes: [15, 60, 60, 60],
  },
  {
    name: "a guesser who has one good password and goes on to the others, over TCP",
    evidence: together(
      signsIn("139", stranger("tcp"), every(MINUTE, 60)),
      names(every(5 * SECOND, 100), (name, at) => wrongPassword(name, stranger("tcp"), [at]), 100),
    ),
    bans: ["203.0.113.12 attack returned"],
  },
];

const BROKEN_PHONES: readonly Situation[] = [
  {
    name: "a phone whose account was deleted asks every minute, from a new place",
    evidence: unknownAccount("198", stranger(), every(MINUTE, 60)),
    bans: ["203.0.113.12 stale-device unproven", "203.0.113.12 stale-device unproven"],
    minutes: [15, 60],
  },
  {
    name: "the same in an office",
    evidence: together(
      works(thirty, office(), 6),
      unknownAccount("198", office(), every(MINUTE, 5 * 60, 10 * MINUTE)),
    ),
    alarms: ["known-source-attempts"],
  },
  {
    name: "the same in an office over TCP",
    evidence: together(
      works(thirty, office("tcp"), 6),
      unknownAccount("198", office("tcp"), every(MINUTE, 5 * 60, 10 * MINUTE)),
    ),
    alarms: ["known-source-attempts"],
  },
  {
    name: "one phone of thirty after its password was changed, over TCP",
    evidence: together(
      works(thirty, office("tcp"), 1),
      works(thirty.slice(1), office("tcp"), 1, HOUR),
      wrongPassword("101", office("tcp"), every(12 * SECOND, 300, HOUR)),
    ),
    blocks: Array.from({ length: 2 }, () => "101@198.51.100.20 outdated-credentials returned"),
    minutes: [15, 60],
    alarms: ["known-source-attempts"],
  },
  {
    name: "the same over UDP without HEP: for two hours nobody can tell it from a forger's work",
    evidence: together(
      works(thirty, office(), 1),
      works(thirty.slice(1), office(), 2, HOUR),
      wrongPassword("101", office(), every(12 * SECOND, 500, HOUR)),
    ),
    alarms: ["account-fails-and-works", "known-source-attempts"],
  },
  {
    name: "and blocked after them, alone",
    evidence: together(
      works(thirty, office(), 1),
      works(thirty.slice(1), office(), 3, HOUR),
      wrongPassword("101", office(), every(12 * SECOND, 650, HOUR)),
    ),
    blocks: ["101@198.51.100.20 outdated-credentials unproven"],
    alarms: ["account-fails-and-works", "known-source-attempts"],
  },
  {
    name: "a phone that asks twice a minute with its old password, in an office: no harm, nobody shut",
    evidence: together(
      works(thirty, office("tcp"), 3),
      wrongPassword("131", office("tcp"), every(30 * SECOND, 240, HOUR)),
    ),
    alarms: ["known-source-attempts"],
  },
  {
    name: "a home user alone after a password change, over TLS",
    evidence: together(
      works(["110"], home("tls"), 2),
      wrongPassword("110", home("tls"), every(10 * SECOND, 80, 2 * HOUR + 4 * MINUTE)),
    ),
    blocks: ["110@198.51.100.77 outdated-credentials returned"],
    alarms: ["known-source-attempts"],
  },
  {
    name: "a phone at a new place with an old password, by its timer",
    evidence: wrongPassword("110", home("tcp"), every(30 * SECOND, 18)),
    bans: ["198.51.100.77 outdated-credentials returned"],
  },
  {
    name: "somebody types a wrong account name into a softphone, again and again",
    evidence: unknownAccount("sales-desl", home(), byHand(12)),
    bans: ["198.51.100.77 typo unproven"],
  },
  {
    name: "somebody types a wrong account name three times, then the right one",
    evidence: together(
      unknownAccount("sales-desl", home(), byHand(3)),
      signsIn("sales-desk", home(), every(5 * MINUTE, 12, 5 * MINUTE)),
    ),
  },
  {
    name: "all thirty phones of an office get new passwords, over UDP",
    evidence: together(
      works(thirty, office(), 1),
      ...thirty.map((account, n) =>
        wrongPassword(account, office(), every(30 * SECOND, 60, HOUR + n * SECOND)),
      ),
    ),
    alarms: ["known-source-account-names"],
  },
  {
    name: "all thirty phones of an office get new passwords, over TCP: each is a phone that worked until then",
    evidence: together(
      works(thirty, office("tcp"), 1),
      ...thirty.map((account, n) =>
        wrongPassword(account, office("tcp"), every(30 * SECOND, 240, HOUR + 5 * MINUTE + n * SECOND)),
      ),
    ),
    alarms: ["known-source-account-names"],
  },
  {
    name: "the same with phones that try every ten seconds: each is blocked, and none for another's sake",
    evidence: together(
      works(thirty.slice(0, 12), office("tcp"), 1),
      works(thirty.slice(12), office("tcp"), 2),
      ...thirty
        .slice(0, 12)
        .map((account, n) =>
          wrongPassword(account, office("tcp"), every(10 * SECOND, 50, HOUR + 5 * MINUTE + n * SECOND)),
        ),
    ),
    blocks: thirty.slice(0, 12).map((account) => `${account}@198.51.100.20 outdated-credentials returned`),
    alarms: ["known-source-account-names"],
  },
  {
    name: "all accounts of an office are deleted, and its phones ask on over TCP",
    evidence: together(
      works(["198", ...thirty], office("tcp"), 1),
      ...Array.from({ length: 20 }, (_, n) =>
        together(
          signsIn(`7${n + 10}`, office("tcp"), [n * SECOND]),
          unknownAccount(`7${n + 10}`, office("tcp"), every(MINUTE, 60, HOUR + n * SECOND)),
        ),
      ),
    ),
    alarms: ["known-source-account-names"],
  },
  {
    name: "a blocked phone goes on trying for a day: its block is not extended, and the next one is longer",
    evidence: together(
      works(thirty, office("tcp"), 1),
      wrongPassword("101", office("tcp"), every(5 * SECOND, 17_280, HOUR)),
      works(thirty.slice(1), office("tcp"), 24, HOUR),
    ),
    blocks: Array.from({ length: 4 }, () => "101@198.51.100.20 outdated-credentials returned"),
    minutes: [15, 60, 360, 1440],
    alarms: ["known-source-attempts", "known-source-slow-attack"],
  },
  {
    name: "the right password from an address that the account's list does not have",
    evidence: refusedBy("not_match_endpoint_acl", "110", home(), every(30 * SECOND, 12)),
    bans: ["198.51.100.77 allow-list unproven"],
  },
  {
    name: "the same at an office whose other phones work",
    evidence: together(
      works(thirty, office("tcp"), 2),
      refusedBy("not_match_endpoint_acl", "131", office("tcp"), every(20 * SECOND, 300, 6 * MINUTE)),
    ),
    alarms: ["known-source-attempts"],
  },
  {
    name: "calls from a gateway that signs in well and puts a number where its account belongs",
    evidence: together(
      works(["110"], home("tcp"), 3),
      unknownAccount("+493012345678", home("tcp"), byHand(8, HOUR)),
      unknownAccount("+493012345678", home("tcp"), byHand(8, HOUR + 5 * MINUTE)),
    ),
    alarms: ["known-source-attempts"],
  },
  {
    name: "a gateway that signs in well and sends each call in the name of its caller",
    evidence: together(
      works(["110"], home("tcp"), 3),
      names(byHand(16, HOUR), (name, at) => unknownAccount(name, home("tcp"), [at]), 493012345600),
    ),
    bans: ["198.51.100.77 wrong-signalling returned"],
  },
];

const INNOCENTS: readonly Situation[] = [
  { name: "thirty good phones behind one address, for a day", evidence: works(thirty, office(), 24) },
  {
    name: "nine wrong passwords, each answer sent eleven times",
    evidence: wrongPassword("100", stranger(), every(40 * SECOND, 9)).flatMap((each) =>
      each.type === "security" && each.kind === "challenge-failed" ? sentAgain([each]) : [each],
    ),
  },
  {
    name: "a phone that hears nothing of what Asterisk says sends each request eleven times",
    evidence: sentAgain(asksAndLeaves("110", home(), every(MINUTE, 40))),
  },
  {
    name: "a phone of an account that is gone hears nothing, and sends each request eleven times",
    evidence: sentAgain(scan("198", home(), every(5 * MINUTE, 3))),
  },
  {
    name: "a phone that reboots and has too many contacts",
    evidence: tries(
      "C(110) S(110) A(110,registrar_attempt_exceeds_maximum_configured_contacts)",
      home(),
      every(MINUTE, 200),
    ),
  },
  {
    name: "an endpoint that has no AOR, at a place never seen before",
    evidence: tries("A(110,registrar_attempt_without_configured_aors)", home(), every(20 * SECOND, 200)),
  },
  {
    name: "thirty phones whose line breaks: each leaves a challenge, then all come back",
    evidence: together(
      ...thirty.map((account, n) => asksAndLeaves(account, office(), every(200, 1, n * 50))),
      works(thirty, office(), 1, MINUTE),
    ),
  },
  {
    name: "a phone that asks with OPTIONS whether its registrar lives",
    evidence: together(
      works(["110"], home(), 12),
      asksAndLeaves("110", home(), every(15 * SECOND, 2_800, 10 * MINUTE)),
    ),
  },
  {
    name: "a first answer to a nonce that is too old, then a good one, for hours",
    evidence: every(MINUTE, 300).flatMap((atMs) =>
      tries(`C(110) F(110,stale-${atMs}) C(110) S(110)`, home(), [atMs]),
    ),
  },
];

const SPOOFS: readonly Situation[] = [
  {
    name: "a flood of names in the carrier's name",
    evidence: names(every(20, 2_000), (name, at) => scan(name, carrier, [at])),
    alarms: ["protected-source-account-names"],
  },
  {
    name: "guesses in the carrier's name",
    evidence: wrongPassword("100", carrier, every(20, 2_000)),
    alarms: ["protected-source-attempts"],
  },
  {
    name: "guesses in the name of an administrator on the never-ban list",
    evidence: wrongPassword("100", admin, every(20, 2_000)),
    alarms: ["protected-source-attempts"],
  },
  {
    name: "names in a customer's name",
    evidence: together(
      works(["110"], home(), 3),
      names(every(20, 2_000, HOUR), (name, at) => scan(name, home(), [at])),
    ),
    alarms: ["known-source-account-names"],
  },
  {
    name: "guesses in a customer's name, with the account that works there",
    evidence: together(works(["110"], home(), 3), wrongPassword("110", home(), every(20, 2_000, HOUR))),
    alarms: ["account-fails-and-works", "known-source-attempts"],
  },
  {
    name: "guesses in an office's name, on an account that never worked there",
    evidence: together(works(thirty, office(), 3), wrongPassword("139", office(), every(200, 200, HOUR))),
    blocks: ["139@198.51.100.20 attack unproven"],
    alarms: ["known-source-attempts"],
  },
  {
    name: "made-up answers in the name of somebody unknown: an hour at most, and the next one no longer",
    evidence: [0, 1, 2].flatMap((day) => wrongPassword("100", home(), every(100, 40, day * DAY))),
    bans: Array.from({ length: 3 }, () => "198.51.100.77 attack unproven"),
    minutes: [15, 60, 60],
  },
  {
    name: "an attacker behind the office's own address goes through names, over TCP",
    evidence: together(
      works(thirty, office("tcp"), 1),
      names(every(5 * SECOND, 40, 30 * MINUTE), (name, at) => unknownAccount(name, office("tcp"), [at])),
    ),
    bans: ["198.51.100.20 attack returned"],
  },
  {
    name: "the same over UDP: nobody can say that it was the office",
    evidence: together(
      works(thirty, office(), 2),
      names(every(5 * SECOND, 40, 30 * MINUTE), (name, at) => unknownAccount(name, office(), [at])),
    ),
    alarms: ["known-source-account-names"],
  },
  {
    name: "somebody behind the office's own address guesses, over TCP, and the phone works on: two senders, a person must look",
    evidence: together(
      works(thirty, office("tcp"), 2),
      wrongPassword("101", office("tcp"), every(13 * SECOND, 300, 30 * MINUTE)),
    ),
    alarms: ["account-fails-and-works", "known-source-attempts"],
  },
];

const BEHIND_AN_OFFICE: readonly Situation[] = [
  {
    name: "over TCP, through the accounts of those who work there, while their phones work on",
    evidence: together(
      works(thirty, office("tcp"), 2),
      every(SECOND, 600, 30 * MINUTE).flatMap((at, n) =>
        wrongPassword(thirty[n % 12] ?? "", office("tcp"), [at]),
      ),
    ),
    bans: ["198.51.100.20 attack returned"],
    alarms: ["known-source-account-names"],
  },
  {
    name: "over TCP, faster than any device, before one of the phones has asked again",
    evidence: together(
      works(thirty, office("tcp"), 1),
      ...thirty.map((account, n) =>
        wrongPassword(account, office("tcp"), every(250, 40, HOUR + 5 * MINUTE + n)),
      ),
    ),
    bans: ["198.51.100.20 attack returned"],
    alarms: ["known-source-account-names"],
  },
  {
    name: "over TCP, on accounts that never worked there",
    evidence: together(
      works(thirty.slice(0, 5), office("tcp"), 2),
      thirty
        .slice(5)
        .flatMap((account, n) => wrongPassword(account, office("tcp"), [30 * MINUTE + n * 20 * SECOND])),
    ),
    bans: ["198.51.100.20 attack returned"],
    alarms: ["known-source-account-names"],
  },
];

describe.each([
  ["attackers are stopped", ATTACKS],
  ["attackers who share a good address", BEHIND_AN_OFFICE],
  ["devices that are set up wrongly", BROKEN_PHONES],
  ["nobody is stopped who did nothing", INNOCENTS],
  ["what is sent in another's name", SPOOFS],
])("%s", (_, situations) => {
  test.each(situations)("$name", ({ evidence, bans = [], blocks = [], alarms = [], minutes }) => {
    const told = judged(together(evidence));
    expect({ bans: told.bans, blocks: told.blocks, alarms: told.alarms }).toEqual({ bans, blocks, alarms });
    if (minutes !== undefined) expect(told.minutes).toEqual(minutes);
  });
});

function judged(evidence: readonly Evidence[]) {
  const alarms = new Set<string>();
  const run = new Replay({
    policy: { ...DEFAULT_POLICY, neverBan: [admin.address as Target] },
    protectedTargets: [carrier.address as Target],
    accounts: { present: PRESENT, past: PAST },
    tell: (happening) => {
      if (happening.type === "alarm") alarms.add(happening.slug);
    },
  });
  const decisions = [...evidence.flatMap((each) => [...run.observe(each)]), ...run.finish()];
  const line = (who: string, { cause, proof }: ReplayedDecision) => `${who} ${cause} ${proof}`;
  return {
    bans: decisions.flatMap((each) => (each.action === "ban" ? [line(each.target, each)] : [])),
    blocks: decisions.flatMap((each) =>
      each.action === "block" ? [line(`${each.accounts[0]}@${each.target}`, each)] : [],
    ),
    alarms: [...alarms].sort(),
    minutes: decisions.map(({ at, until }) => (Date.parse(until ?? "") - Date.parse(at)) / MINUTE),
  };
}
