import type { Target } from "../../src/domain/address.js";
import type { Evidence } from "../../src/domain/intrusion/security-event.js";
import { DEFAULT_POLICY, type Policy } from "../../src/domain/policy.js";
import { replay, type ReplayedAlarm, type ReplayLine, type ReplayOptions } from "../../src/guard/replay.js";
import { script, source, T0 } from "../domain/intrusion/script.js";

const MINUTE = 60_000;

async function linesOf(
  evidence: Iterable<Evidence> | AsyncIterable<Evidence>,
  options: Partial<ReplayOptions> = {},
): Promise<ReplayLine[]> {
  const lines: ReplayLine[] = [];
  const end = () => ({ unreadable: 3, seconds: 0.25 });
  for await (const line of replay(evidence, { policy: DEFAULT_POLICY, ...options }, end)) lines.push(line);
  return lines;
}

/** Ten wrong passwords on 100, a second apart. */
function guesses(address: string, atMs = T0): Evidence[] {
  return Array.from({ length: 10 }, (_, i) =>
    script(`C(100) F(100,r${i})`, { address, atMs: atMs + i * 1000, session: `s${i}`, transport: "tls" }),
  ).flat();
}

async function targets(evidence: Evidence[], options: Partial<ReplayOptions> = {}): Promise<string[]> {
  return (await linesOf(evidence, options)).flatMap((line) => ("action" in line ? [line.target] : []));
}

test("prints what the public interface says, in the order taken", async () => {
  expect(await linesOf(guesses("203.0.113.12"))).toEqual([
    {
      action: "ban",
      target: "203.0.113.12",
      at: "2026-11-22T00:00:09.001Z",
      cause: "attack",
      standing: "stranger",
      proof: "returned",
      attempts: 10,
      accounts: ["100"],
      until: "2026-11-22T00:15:09.001Z",
      scope: "host",
    },
    {
      summary: {
        events: 20,
        attempts: 10,
        bans: 1,
        blocks: 0,
        locks: 0,
        proposals: 0,
        alarms: 0,
        malformed: 3,
        seconds: 0.25,
      },
    },
  ]);
});

test("takes an async source as well", async () => {
  async function* stream() {
    await Promise.resolve();
    yield* guesses("203.0.113.12");
  }
  expect(await linesOf(stream())).toEqual(await linesOf(guesses("203.0.113.12")));
});

test("bans end by the time of the events, and the next one is longer", async () => {
  const evidence = [0, 5, 20, 90, 100].flatMap((minute) => guesses("203.0.113.12", T0 + minute * MINUTE));
  const lines = await linesOf(evidence);
  expect(lines.map((line) => "action" in line && line.until)).toEqual([
    "2026-11-22T00:15:09.001Z",
    "2026-11-22T01:20:09.001Z",
    "2026-11-22T07:30:09.001Z",
    false,
  ]);
});

test("the same evidence gives the same lines", async () => {
  const evidence = [...guesses("203.0.113.12"), ...guesses("2001:db8::1", T0 + MINUTE)];
  expect(await linesOf(evidence)).toEqual(await linesOf(evidence));
});

test.each(["127.0.0.1", "127.8.8.8", "::1", "fe80::1"])("%s is never banned", async (address) => {
  expect(await targets(guesses(address))).toEqual([]);
});

test("nor is who is on the never-ban list or given as protected", async () => {
  const policy: Policy = { ...DEFAULT_POLICY, neverBan: ["203.0.113.0/28" as Target] };
  const protectedTargets = [source("2001:db8::1")];
  const evidence = ["203.0.113.12", "203.0.113.16", "2001:db8::7"].flatMap((address) => guesses(address));
  expect(await targets(evidence, { policy, protectedTargets })).toEqual(["203.0.113.16"]);
});

test("an office whose phones succeed is known, and not banned for one that fails", async () => {
  const good = script("C(101) S(101)", { address: "203.0.113.12", session: "good" });
  expect(await targets([...good, ...guesses("203.0.113.12", T0 + 1000)])).toEqual([]);
});

test("another policy gives another answer", async () => {
  const policy: Policy = {
    ...DEFAULT_POLICY,
    intrusion: { ...DEFAULT_POLICY.intrusion, attempts: 3, jitter: 0.5 },
  };
  const lines = await linesOf(guesses("203.0.113.12").slice(0, 6), { policy });
  expect(lines[0]).toMatchObject({ attempts: 3, until: "2026-11-22T00:15:02.001Z" });
});

test("challenges that nobody answers count as time goes on, and after the last event too", async () => {
  const asked = Array.from({ length: 50 }, (_, i) =>
    script("C(<unknown>)", { atMs: T0 + i * 1000, session: `call-${i}` }),
  ).flat();
  const [ban, summary] = await linesOf(asked);
  expect(ban).toMatchObject({ action: "ban", target: "203.0.113.12", attempts: 0 });
  expect(Date.parse((ban as { at: string }).at)).toBeGreaterThan(T0 + 49_000 + 30_000);
  expect(summary).toMatchObject({ summary: { bans: 1, attempts: 0 } });
});

/** `count` neighbours of 203.0.113.1, each with ten wrong passwords and proof. */
function neighbours(count: number): Evidence[] {
  return Array.from({ length: count }, (_, i) =>
    guesses(`203.0.113.${i + 1}`, T0 + i * MINUTE).map((each): Evidence =>
      each.type === "security" ? { ...each, transport: "tls" } : each,
    ),
  ).flat();
}

test("a network with five banned sources is proposed, once", async () => {
  const alarms: ReplayedAlarm[] = [];
  const lines = await linesOf(neighbours(7), { onAlarm: (alarm) => alarms.push(alarm) });
  expect(lines.at(-1)).toMatchObject({ summary: { bans: 7, proposals: 1 } });
  expect(alarms).toMatchObject([{ slug: "network-proposed", target: "203.0.113.0/24" }]);
});

test("or banned by setting, and then with all its sources, as live", async () => {
  const { intrusion } = DEFAULT_POLICY;
  const policy: Policy = { ...DEFAULT_POLICY, intrusion: { ...intrusion, groupAction: "ban" } };
  const lines = await linesOf(neighbours(7), { policy });
  expect(lines.flatMap((line) => ("action" in line ? [line.target] : []))).toEqual([
    ...[1, 2, 3, 4, 5].map((i) => `203.0.113.${i}`),
    "203.0.113.0/24",
  ]);
});

test("an account that many sources try raises an alarm, and by setting would be locked", async () => {
  const accounts = { present: ["100"], past: [] };
  const { intrusion } = DEFAULT_POLICY;
  const policy: Policy = {
    ...DEFAULT_POLICY,
    intrusion: { ...intrusion, accountSources: 3, accountAction: "lock" },
  };
  const tries = [1, 2, 3].flatMap((i) =>
    script("C(100) F(100)", { address: `198.51.100.${i}`, session: `try-${i}`, atMs: T0 + i * 1000 }),
  );
  const alarms: ReplayedAlarm[] = [];
  const lines = await linesOf(tries, { policy, accounts, onAlarm: (alarm) => alarms.push(alarm) });
  expect(alarms.map(({ slug }) => slug)).toEqual(["account-attacked", "account-locked"]);
  expect(alarms[1]?.detail).toContain("100, which 3 sources tried");
  expect(lines).toMatchObject([{ summary: { bans: 0, locks: 1, alarms: 1 } }]);
});
