import type { BanJson, BansJson, BlockJson, BlocksJson } from "../../src/http/contract.js";
import { daemon, eventually, guardsUp, ringfence, ringfenceJson } from "./daemon.js";
import { addresses, type AsteriskVersion, labDown, labUp, passwordOf } from "./lab.js";
import { playCrowd, type CrowdDevice } from "./play-crowd.js";

/** A bad morning, all of it at once: offices, homes and hotels whose phones have their troubles, and attackers beside them. Counted
 *  are attackers not stopped, innocents stopped, and wrong causes. Needs `npm run build`. */
const versions: AsteriskVersion[] = ["22", "16"];

const at = (n: number): string => `198.51.100.${n}`;
const accounts = (count: number): string[] => Array.from({ length: count }, (_, n) => `${100 + n}`);
const yealink = { userAgent: "Yealink SIP-T46S 66.86.0.15" };
/** Who will be shut out waits no longer than need be. */
const hasty = { patienceMs: 1_500 };
const guesses = { password: "guess-{n}", count: 20, everyMs: 250, ...hasty };

const innocents: readonly CrowdDevice[] = [
  ...accounts(19).map((user): CrowdDevice => {
    const password = passwordOf(user);
    return {
      name: `the office: ${user}`,
      from: at(20),
      user,
      password,
      count: 10,
      everyMs: 3_000,
      ...yealink,
    };
  }),
  // A deleted account's phone, still provisioned.
  {
    name: "the office: 299",
    from: at(20),
    user: "299",
    password: "x",
    count: 15,
    everyMs: 2_500,
    startMs: 3_000,
  },
  ...accounts(12).map((user): CrowdDevice => {
    const password = [passwordOf(user), "the old one"];
    const phone = { user, password, transport: "tcp", count: 9, everyMs: 3_000, ...yealink } as const;
    return { name: `all passwords changed: ${user}`, from: at(21), ...phone };
  }),
  ...accounts(20).map((user): CrowdDevice => {
    return { name: `after a power cut: ${user}`, from: at(22), user, password: passwordOf(user) };
  }),
  ...["113", "114", "115"].map((user): CrowdDevice => {
    const softphone = { user, password: "old", count: 3, everyMs: 8_000, userAgent: "Bria 6" };
    return { name: `three old accounts in a hotel: ${user}`, from: at(23), ...softphone };
  }),
  {
    ...{ name: "mistyped once", from: at(24), user: "105", password: ["secrt-105", passwordOf("105")] },
    ...{ count: 4, everyMs: 2_000 },
  },
  {
    ...{ name: "three mistakes, each sent seven times", from: at(25), user: "106", password: "old" },
    ...{ count: 3, everyMs: 4_000, sentAgain: 6 },
  },
  {
    ...{ name: "answers with old nonces", from: at(26), user: "110", password: passwordOf("110") },
    ...{ count: 12, everyMs: 3_000, keepsNonce: true },
  },
  {
    name: "behind one address: the phone",
    from: at(27),
    user: "111",
    password: passwordOf("111"),
    count: 15,
    everyMs: 2_000,
  },
  {
    ...{ name: "asks now and then who is there", from: at(28), user: "109", method: "OPTIONS" },
    ...{ count: 20, everyMs: 1_500, userAgent: "Linphone/5.2" },
  },
];

/** Beside the phone of that account at one address: nobody can tell them apart, so nothing is shut. */
const beside: CrowdDevice = {
  ...{ name: "behind one address: a guesser", from: at(27), user: "111", password: "guess-{n}" },
  ...{ transport: "tcp", count: 45, everyMs: 500, startMs: 3_000, newPort: true },
};
const badPhone: CrowdDevice = {
  ...{ name: "the office: 119", from: at(20), user: "119", password: [passwordOf("119"), "old"] },
  ...{ count: 50, everyMs: 600, userAgent: "Grandstream GXP2160 1.0.11.6" },
};
/** Strangers with a fault: shut out, as whoever fails ten times, and for what it is. */
const faulty: readonly (readonly [CrowdDevice, BanJson["cause"]])[] = [
  [
    {
      name: "an old password",
      from: at(30),
      user: "117",
      password: "old",
      count: 12,
      everyMs: 3_500,
      ...yealink,
    },
    "outdated-credentials",
  ],
  [
    {
      name: "a mistyped account",
      from: at(31),
      user: "1o4",
      password: passwordOf("104"),
      count: 12,
      everyMs: 3_500,
      userAgent: "Zoiper rv2.10",
    },
    "typo",
  ],
];

const attackers: readonly CrowdDevice[] = [
  { name: "UDP, new ports", from: "203.0.113.20", user: "111", newPort: true, ...guesses },
  {
    name: "TCP, one Call-ID",
    from: "203.0.113.21",
    user: "112",
    transport: "tcp",
    oneCallId: true,
    ...guesses,
  },
  { name: "TLS", from: "203.0.113.22", user: "113", transport: "tls", newPort: true, ...guesses },
  { name: "IPv6", from: addresses.attackers6[1]!, user: "113", ...guesses },
  { name: "names, unanswered", from: "203.0.113.23", user: "70{n}", count: 20, everyMs: 250, ...hasty },
  {
    name: "one password for all",
    from: "203.0.113.24",
    user: "10{n}",
    ...guesses,
    password: "1234",
    transport: "tcp",
  },
  { name: "MESSAGE", from: "203.0.113.25", user: "115", method: "MESSAGE", ...guesses },
  { name: "one nonce for all", from: "203.0.113.26", user: "116", keepsNonce: true, ...guesses },
  { name: "calls itself a phone", from: "203.0.113.27", user: "102", ...guesses, ...yealink },
  { name: "never answers", from: "203.0.113.28", user: "101", count: 60, everyMs: 250, newPort: true },
];

describe.each(versions)("a bad morning in front of Asterisk %s", (version) => {
  let heard: Readonly<Record<string, readonly string[]>>;

  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    await daemon.start(version);
    await guardsUp(version);
    const phones = [...innocents, beside, badPhone, ...faulty.map(([device]) => device)];
    const all = await Promise.all([
      playCrowd(version, "phones", phones),
      playCrowd(version, "attacker", attackers),
    ]);
    heard = { ...all[0], ...all[1] };
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const bans = async (): Promise<readonly BanJson[]> =>
    (await ringfenceJson<BansJson>(version, "bans", "list")).bans;
  const blocks = async (): Promise<readonly BlockJson[]> =>
    (await ringfenceJson<BlocksJson>(version, "blocks", "list")).blocks;
  const targetOf = ({ from }: CrowdDevice): string =>
    from === addresses.attackers6[1] ? "2001:db8:a:2::/64" : from;

  test("every attacker is stopped, as an attack", async () => {
    const found = await eventually(
      "all are shut out",
      async () => {
        const shut = new Map((await bans()).map((ban) => [ban.target, ban]));
        return attackers.every((each) => shut.has(targetOf(each))) && shut;
      },
      60_000,
    );
    const wrong = attackers.filter((each) => found.get(targetOf(each))?.cause !== "attack");
    console.log(
      `${attackers.length} of ${attackers.length} attackers stopped, ${wrong.length} for a wrong cause`,
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
    // A challenge counts as unanswered half a minute after it was sent.
    const answering = attackers.filter(({ password }) => password !== undefined);
    const unheard = answering.filter(({ name }) => heard[name]?.at(-1) !== "-");
    expect(unheard.map(({ name }) => [name, heard[name]])).toEqual([]);
  }, 60_000);

  test("no innocent is stopped, and whoever has the right password got in each time", async () => {
    const shut = new Set<string>((await bans()).map(({ target }) => target));
    const stopped = innocents.filter(({ from }) => shut.has(from));
    console.log(`${stopped.length} of ${innocents.length} innocent devices stopped`);
    expect(stopped.map(({ name }) => name)).toEqual([]);
    const works = innocents.filter(({ password, user }) => password === passwordOf(user));
    const refused = works.filter(({ name }) => heard[name]?.some((status) => status !== "200"));
    expect(refused.map(({ name }) => [name, heard[name]])).toEqual([]);
    expect((await blocks()).map(({ account, source }) => [account, source])).toEqual([["119", at(20)]]);
  }, 60_000);

  test("whoever is stopped with a fault hears which", async () => {
    const shut = await bans();
    const causes = faulty.map(([{ from }]) => shut.find(({ target }) => target === from)?.cause);
    expect(causes).toEqual(faulty.map(([, cause]) => cause));
    expect((await blocks())[0]).toMatchObject({ account: "119", cause: "outdated-credentials" });
  }, 60_000);

  test("why says of the office what fails there, and of one address with two senders that there are two", async () => {
    const office = (await ringfence(version, "why", at(20))).stdout;
    expect(office).toContain("is not shut out, but 119 may not sign in from there.");
    expect(office).toContain("The passwords of 20 accounts were right from here, last ");
    expect(office).toContain("299 is no account here");
    const two = (await ringfence(version, "why", at(27))).stdout;
    expect(two).toContain("111 fails and works from there at once, so two devices use it");
  }, 60_000);
});
