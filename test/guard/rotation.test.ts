import { sourceOf, type Source } from "../../src/domain/address.js";
import { networkAround } from "../../src/domain/intrusion/network-around.js";
import { DEFAULT_INTRUSION, type IntrusionSettings } from "../../src/domain/intrusion/settings.js";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { Replay } from "../../src/guard/replay.js";
import { every, signsIn, wrongPassword } from "./support/situations.js";

/** What an attacker with a whole network gets, who stays below what one address may do: his tries that Asterisk looked at, with what
 *  was shut out by then dropped. Each address guesses nine times, over TCP, and then it is the next one's turn. */
function triesGot(change: Partial<IntrusionSettings>, addresses: number, knownBeside = false): number {
  const intrusion = { ...DEFAULT_INTRUSION, ...change };
  const replay = new Replay({ policy: { ...DEFAULT_POLICY, intrusion } });
  const shut = new Set<string>();
  let got = 0;
  if (knownBeside) {
    for (const each of signsIn("101", { address: "2001:db8:a:ffff::1" }, [0])) replay.observe(each);
  }
  for (let n = 0; n < addresses * 9; n++) {
    const address = `2001:db8:a:${Math.floor(n / 9).toString(16)}::66`;
    const source = sourceOf(address) as Source;
    if (shut.has(source) || shut.has(networkAround(source))) continue;
    got++;
    for (const each of wrongPassword("100", { address, transport: "tcp" }, every(100, 1, n * 100))) {
      for (const { action, target } of replay.observe(each)) if (action === "ban") shut.add(target);
    }
  }
  return got;
}

const WITHOUT = { groupSources: 2_000 };

test.each([
  ["without the rule, all of them", WITHOUT, 9_000],
  ["while its network is only proposed, 50 and one of each address that is left", {}, 50 + 994],
  ["where networks are banned by setting, 54", { groupAction: "ban" }, 54],
] as const)("of 9,000 guesses from 1,000 networks of a /48: %s", (_, change, got) => {
  expect(triesGot(change, 1_000)).toBe(got);
});

test("beside a known source each address has its own limit, as any has", () => {
  expect(triesGot({ groupAction: "ban" }, 100, true)).toBe(900);
});
