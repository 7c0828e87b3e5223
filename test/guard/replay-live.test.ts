import { SecurityLogParser } from "../../src/asterisk/security-log.js";
import type { Ban, Block } from "../../src/domain/intrusion/ban.js";
import { Devices } from "../../src/domain/intrusion/devices.js";
import { Nonces } from "../../src/domain/intrusion/nonces.js";
import type { Evidence } from "../../src/domain/intrusion/security-event.js";
import { DEFAULT_POLICY, type Policy } from "../../src/domain/policy.js";
import { Accounts } from "../../src/guard/accounts.js";
import { BanBook } from "../../src/guard/bans.js";
import { BlockBook } from "../../src/guard/blocks.js";
import { Causes } from "../../src/guard/causes.js";
import { Intrusion } from "../../src/guard/intrusion.js";
import { KnownSources } from "../../src/guard/known-sources.js";
import { Locks } from "../../src/guard/locks.js";
import { Protection } from "../../src/guard/protection.js";
import { Replay } from "../../src/guard/replay.js";
import { sparingBy, standingBy } from "../../src/guard/standing.js";
import { accountStore } from "../../src/sqlite/account-store.js";
import { banStore } from "../../src/sqlite/ban-store.js";
import { blockStore } from "../../src/sqlite/block-store.js";
import { knownSourceStore } from "../../src/sqlite/known-source-store.js";
import { lockStore } from "../../src/sqlite/lock-store.js";
import { parseReplayPolicy } from "../../src/replay-policy.js";
import { clearTemp, tempDatabase } from "../sqlite/support/temp.js";
import { FakeLog, FakeTime, START_MS } from "./support/fakes.js";

/** A log of mixed situations through `replay`, and through the daemon's own books on a real database: the same decisions. */
afterEach(clearTemp);

/** More by hand. Each event lets the timers of the daemon's books run, which is what takes the time. */
const LINES = Number(process.env.RINGFENCE_TEST_LINES ?? 20_000);
const SECOND = 1_000;
const TICK_MS = 5 * SECOND;
/** As `replay --policy` reads it. */
const strict = parseReplayPolicy("intrusion: { attempts: 4, slow-attempts: 60, account-names: 3 }");
if ("faults" in strict) throw new Error(strict.faults.join());

test.each([
  ["the defaults", DEFAULT_POLICY],
  ["a stricter policy of one's own", { ...DEFAULT_POLICY, ...strict }],
])(
  "replay decides as live does, by %s",
  async (_, policy) => {
    const evidence = read(securityLog(LINES));
    expect(evidence).toHaveLength(LINES);
    const replayed = replayOf(evidence, policy);
    const live = await liveOf(evidence, policy);
    expect(replayed.map(({ what }) => what)).toEqual(live.map(({ what }) => what));
    expect(live.length).toBeGreaterThan(LINES / 1_000);
    // What comes of time alone is found by a look every five seconds, and those looks need not fall together.
    const apart = replayed.map(({ atMs }, index) => Math.abs(atMs - (live[index]?.atMs ?? 0)));
    expect(Math.max(...apart)).toBeLessThanOrEqual(TICK_MS);
    expect(new Set(replayed.map(({ what }) => what.split(" ")[0]))).toEqual(new Set(["ban", "block"]));
    // Replay does not print the rule that was broken.
    expect(new Set(live.map(({ trigger }) => trigger))).toEqual(
      new Set([...["attempts", "account-names", "account-failures", "logins", "neighbours"]]),
    );
  },
  LINES * 10,
);

interface Decided {
  /** All of it but the moment: `ban 203.0.113.1 attack stranger returned 10 900000`. */
  readonly what: string;
  readonly atMs: number;
  readonly trigger?: Ban["trigger"];
}

const sorted = (decided: Decided[]): Decided[] =>
  decided.sort((a, b) => a.what.localeCompare(b.what) || a.atMs - b.atMs);

function replayOf(evidence: readonly Evidence[], policy: Policy): Decided[] {
  const run = new Replay({ policy });
  const decisions = [...evidence.flatMap((each) => [...run.observe(each)]), ...run.finish()];
  return sorted(
    decisions.map(({ action, target, accounts, cause, standing, proof, attempts, at, until }) => ({
      what: `${action} ${target} ${accounts.join()} ${cause} ${standing} ${proof} ${attempts} ${Date.parse(until ?? "") - Date.parse(at)}`,
      atMs: Date.parse(at),
    })),
  );
}

async function liveOf(evidence: readonly Evidence[], policy: Policy): Promise<Decided[]> {
  const db = tempDatabase();
  const [clock, log] = [new FakeTime(), new FakeLog()];
  const after = clock.after;
  const decided: Decided[] = [];
  const note = (action: string, target: string, accounts: readonly string[], of: Ban | Block): void => {
    const { cause, standing, proof, fromMs, untilMs } = of;
    const what = `${action} ${target} ${accounts.join()} ${cause} ${standing} ${proof} ${of.evidence.attempts} ${(untilMs ?? NaN) - fromMs}`;
    decided.push({ what, atMs: fromMs, trigger: of.trigger });
  };
  const protection = new Protection({ own: [], configured: [], log });
  const accounts = new Accounts({ store: accountStore(db), clock, log });
  const known = new KnownSources({
    store: knownSourceStore(db),
    knownMs: () => policy.intrusion.knownMs,
    after,
    clock,
    log,
  });
  const standingOf = standingBy(
    (target) => protection.isProtected(target),
    (source) => known.isKnown(source),
  );
  const parts = { protection, standingOf, clock, after, log, tell: () => undefined };
  const bans = new BanBook({ ...parts, store: banStore(db), keeper: { enforce: () => undefined } });
  const wiring = { isTrunk: () => false, changed: () => undefined };
  const blocks = new BlockBook({ ...parts, ...wiring, store: blockStore(db) });
  const locks = new Locks({ ...parts, ...wiring, store: lockStore(db) });
  const stops = [accounts.start(), known.start(), bans.start(), blocks.start(), locks.start()];
  const intrusion = new Intrusion({
    settings: () => policy.intrusion,
    standingOf,
    whySpared: sparingBy(protection, known),
    known,
    accounts,
    causes: new Causes({
      accounts,
      lastSuccessAtMs: (account, source) => known.lastSuccessAtMs(account, source),
      deviceOf: () => null,
    }),
    bans: {
      banOf: (target) => bans.banOf(target),
      historyOf: (target) => bans.historyOf(target),
      ban: (plan, ...rest) => {
        const made = bans.ban(plan, ...rest);
        if (!("refused" in made)) note("ban", made.target, made.evidence.accounts, made);
        return made;
      },
    },
    blocks: {
      blockOf: (account, source) => blocks.blockOf(account, source),
      historyOf: (account, source) => blocks.historyOf(account, source),
      block: (plan, ...rest) => {
        const made = blocks.block(plan, ...rest);
        if (!("refused" in made)) note("block", made.source, [made.account], made);
        return made;
      },
    },
    locks,
    nonces: new Nonces(),
    devices: new Devices(),
    clock,
    random: () => 0.5,
    tell: () => undefined,
    log,
  });
  let nextTickMs = clock.nowMs() + TICK_MS;
  const passUntil = async (atMs: number): Promise<void> => {
    for (; nextTickMs <= atMs; nextTickMs += TICK_MS) {
      await clock.pass(nextTickMs - clock.nowMs());
      intrusion.tick();
    }
    if (atMs > clock.nowMs()) await clock.pass(atMs - clock.nowMs());
  };
  for (const each of evidence) {
    await passUntil(each.atMs);
    intrusion.observe(each);
  }
  await passUntil(clock.nowMs() + 60 * SECOND);
  for (const stop of stops) await stop();
  return sorted(decided);
}

function read(text: string): Evidence[] {
  const evidence: Evidence[] = [];
  const parser = new SecurityLogParser((each) => evidence.push(each));
  parser.push(Buffer.from(text, "latin1"));
  parser.end();
  return evidence;
}

/** In turn: a guesser over TCP, one over UDP, a scanner of names that waits for no answer, a phone of an office with an old password and
 *  its neighbours that sign in; logins to the manager, a guesser of chan_sip's, one who goes through an IPv6 /48 three guesses
 *  from each /64, a phone with a mistyped account. Two lines a try or so, a try every 200 ms. */
function securityLog(lines: number): string {
  const rows: string[] = [];
  for (let number = 0; rows.length < lines; number++) {
    const atMs = START_MS + SECOND + number * 200;
    const epoch = Math.floor(number / 3_000);
    const row = (name: string, account: string, remote: string, ms: number, tail = "", service = "PJSIP") => {
      rows.push(rowOf(name, account, `${number}`, remote, atMs + ms, tail, service));
    };
    const wrong = (account: string, remote: string): void => {
      row("ChallengeSent", account, remote, 0, ',Challenge=""');
      row(
        "ChallengeResponseFailed",
        account,
        remote,
        1,
        `,Challenge="n${number}",Response="r${number}",ExpectedResponse=""`,
      );
    };
    const office = `IPV4/TCP/198.51.100.${1 + (epoch % 200)}/5060`;
    switch (number % 9) {
      case 0:
        wrong("101", `IPV4/TCP/203.0.${epoch}.${1 + (Math.floor(number / 100) % 200)}/40000`);
        break;
      case 1:
        wrong(
          `${100 + (number % 7)}`,
          `IPV4/UDP/192.0.${epoch}.${10 + (Math.floor(number / 150) % 200)}/5062`,
        );
        break;
      case 2: {
        const remote = `IPV4/UDP/45.1.${epoch}.${1 + (Math.floor(number / 400) % 200)}/5070`;
        row("InvalidAccountID", `${2000 + (number % 900)}`, remote, 0);
        row("ChallengeSent", "<unknown>", remote, 1, ',Challenge=""');
        break;
      }
      case 3:
        row("ChallengeSent", `${110 + (number % 30)}`, office, 0, ',Challenge=""');
        row("SuccessfulAuth", `${110 + (number % 30)}`, office, 1, ',UsingPassword="1"');
        break;
      case 4:
        wrong("139", office);
        break;
      case 5: {
        const remote = `IPV4/TCP/203.1.${epoch}.${1 + (Math.floor(number / 600) % 200)}/50000`;
        row("InvalidPassword", "admin", remote, 0, ',Challenge=""', "AMI");
        break;
      }
      case 6: {
        const remote = `IPV4/UDP/203.2.${epoch}.${1 + (Math.floor(number / 300) % 200)}/5060`;
        row(
          "InvalidPassword",
          "104",
          remote,
          0,
          `,Challenge="c${number}",ReceivedChallenge="c${number}"`,
          "SIP",
        );
        break;
      }
      case 7:
        wrong("104", `IPV6/TCP/2001:db8:${epoch + 1}:${Math.floor(number / 27).toString(16)}::7/40000`);
        break;
      case 8: {
        const remote = `IPV4/TCP/203.3.${epoch}.${1 + (Math.floor(number / 450) % 200)}/5060`;
        row("InvalidAccountID", "1o4", remote, 0);
        row("ChallengeSent", "<unknown>", remote, 1, ',Challenge=""');
        row("InvalidAccountID", "1o4", remote, 20);
        row(
          "ChallengeResponseFailed",
          "<unknown>",
          remote,
          21,
          `,Challenge="n${number}",Response="r${number}",ExpectedResponse=""`,
        );
        break;
      }
    }
  }
  return rows.slice(0, lines).join("");
}

function rowOf(
  name: string,
  account: string,
  session: string,
  remote: string,
  atMs: number,
  tail: string,
  service: string,
): string {
  const time = new Date(atMs).toISOString();
  return (
    `[${time.slice(0, 10)} ${time.slice(11, 19)}] SECURITY[99] res_security_log.c: SecurityEvent="${name}",` +
    `EventTV="${time.replace("Z", "+0000")}",Severity="Error",Service="${service}",EventVersion="1",AccountID="${account}",` +
    `SessionID="${session}",LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="${remote}"${tail}\n`
  );
}
