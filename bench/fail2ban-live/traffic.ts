import type { Sender } from "./sender.js";

export const OFFICE = "198.51.100.20";
export const CHANGED = "198.51.100.30";
/** The attacker can send in their names, and hears no answer. */
export const CUSTOMER = "198.51.100.10";
export const CARRIER = "192.0.2.20";

/** Whoever should be shut out: by address. */
export const ATTACKERS: Readonly<Record<string, string>> = {
  scanner: "203.0.113.20",
  "guesser of five accounts": "203.0.113.21",
};

/** Who should go on working, and how many phones are behind the address. */
export const INNOCENTS: readonly {
  readonly who: string;
  readonly address: string;
  readonly phones: number;
}[] = [
  { who: "an office of thirty phones, one with a wrong password", address: OFFICE, phones: 29 },
  { who: "a phone after a change of its password", address: CHANGED, phones: 1 },
  { who: "a customer in whose name packets are forged", address: CUSTOMER, phones: 1 },
  { who: "the carrier in whose name packets are forged", address: CARRIER, phones: 1 },
];

export const OFFICE_EXTENSIONS: readonly number[] = Array.from({ length: 30 }, (_, index) => 120 + index);
const secretOf = (extension: number | string): string => `secret-${extension}`;

interface Plan {
  readonly phones: readonly Sender[];
  readonly attacker: readonly Sender[];
}

/** @param seconds how long the attacks last; everybody has registered before, so that they are known */
export function planOf(seconds: number): Plan {
  const begin = 4_000;
  const during = (everyMs: number): { startMs: number; everyMs: number; tries: number } => ({
    startMs: begin,
    everyMs,
    tries: Math.ceil((seconds * 1_000) / everyMs),
  });
  const [wrong = 120] = OFFICE_EXTENSIONS.slice(-1);
  const works = OFFICE_EXTENSIONS.slice(0, -1).map((extension, index) => ({
    who: `office ${extension}`,
    from: OFFICE,
    account: `${extension}`,
    password: secretOf(extension),
    startMs: index * 50,
    everyMs: 10_000,
    tries: Math.ceil(seconds / 10),
  }));
  const once = { startMs: 0, everyMs: 1_000, tries: 1 };
  const phone = (who: string, from: string, account: string, password: string) => ({
    who,
    from,
    account,
    password,
  });
  return {
    phones: [
      ...works,
      { ...phone("the wrong one", OFFICE, `${wrong}`, "as-it-was-before"), ...during(800) },
      { ...phone("before the change", CHANGED, "118", secretOf(118)), ...once },
      { ...phone("after the change", CHANGED, "118", "as-it-was-before"), ...during(2_000) },
      {
        ...phone("customer", CUSTOMER, "119", secretOf(119)),
        ...once,
        everyMs: 10_000,
        tries: Math.ceil(seconds / 10),
      },
    ],
    attacker: [
      {
        who: "scanner",
        from: ATTACKERS["scanner"] ?? "",
        account: "user{n}",
        password: null,
        ...during(100),
      },
      ...["101", "102", "103", "104", "105"].map((account, index) => ({
        who: `guesser ${account}`,
        from: ATTACKERS["guesser of five accounts"] ?? "",
        account,
        password: "guess",
        ...during(500),
        startMs: begin + index * 100,
      })),
      ...[CUSTOMER, CARRIER].map((from) => ({
        who: `forged ${from}`,
        from,
        account: "119",
        password: { forged: true } as const,
        ...during(1_000),
      })),
    ],
  };
}

/** Many, none of whom does enough to be shut out: what events cost.
 *  @param place sets one crowd's addresses apart from another's */
export function crowdOf(perSecond: number, seconds: number, place: number): Sender[] {
  const tries = Math.min(5, Math.max(1, Math.floor(seconds / 2)));
  const everyMs = (seconds * 1_000) / tries;
  const senders = Math.ceil((perSecond * seconds) / tries);
  return Array.from({ length: senders }, (_, index) => ({
    who: `crowd ${place} ${index}`,
    from: `45.${index % 250}.${Math.floor(index / 250)}.${place}`,
    account: `crowd${index}`,
    password: null,
    startMs: Math.floor((index * everyMs) / senders),
    everyMs,
    tries,
  }));
}
