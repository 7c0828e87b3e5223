import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aclFolder } from "../src/asterisk/acl/files.js";
import { editionAclName } from "../src/asterisk/acl/names.js";
import { planAcls } from "../src/asterisk/acl/plan.js";
import { type AclTexts, aclTexts, unitedLists } from "../src/asterisk/acl/text.js";
import { DEFAULT_POLICY, type ExtensionRules, type Policy } from "../src/domain/policy.js";
import { Permits } from "../src/guard/allow-lists-permits.js";
import type { EndpointAcl } from "../src/guard/ports.js";
import type { Benchmark, BenchOptions, Figure } from "./benchmark.js";
import { spreadOf } from "./measure.js";

/** From the rules to files that Asterisk can read: everything that a change of every list costs, but for Asterisk's own reload. */
export const lists: Benchmark = {
  name: "lists",
  summary: "allow-lists compiled and written: 5,000 extensions with 50 entries each",
  async run({ size }: BenchOptions) {
    const extensions = size === "tiny" ? 50 : 5_000;
    const etc = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
    try {
      const whole: number[] = [];
      const processor: number[] = [];
      const pauses: number[] = [];
      for (let n = 0; n < (size === "tiny" ? 1 : 7); n++) {
        // Each round has lists that nobody has compiled before.
        const policy = policyOf(extensions, n);
        const longest = watchLoop();
        const begunMs = performance.now();
        const before = process.cpuUsage();
        await compileAndWrite(policy, etc, n);
        whole.push(performance.now() - begunMs);
        const { user, system } = process.cpuUsage(before);
        processor.push((user + system) / 1_000);
        pauses.push(longest());
      }
      return [
        figure(`${extensions} lists of 50 entries compiled and written`, whole, 1_000),
        {
          what: "processor time of it, the collector's threads included",
          unit: "ms",
          spread: spreadOf(processor),
          goal: null,
        },
        figure("the longest that events waited meanwhile", pauses, 100),
      ];
    } finally {
      rmSync(etc, { recursive: true, force: true });
    }
  },
};

function figure(what: string, ms: readonly number[], goal: number): Figure {
  return { what, unit: "ms", spread: spreadOf(ms), goal: { of: "median", at: "most", value: goal } };
}

async function compileAndWrite(policy: Policy, etc: string, round: number): Promise<void> {
  const texts = await textsOf(policy, String(round));
  const folder = aclFolder(etc);
  await folder.write("lists", unitedLists((await folder.read("lists")) ?? "", texts.lists));
  await folder.write("pjsip", texts.pjsip);
  await folder.write("lists", texts.lists);
}

/** What Asterisk is to read for it. `salt` tells one edition from another. */
export async function textsOf(policy: Policy, salt: string): Promise<AclTexts & { readonly mark: string }> {
  const names = Object.keys(policy.extensions);
  const permits = new Permits({
    policy: () => policy,
    isTrunk: () => false,
    forEach: false,
    clock: { nowMs: () => 0 },
  });
  const wanted = new Map<string, EndpointAcl>();
  for (const [name, permit] of await permits.of(names)) wanted.set(name, { permit, deny: [] });
  const has = { names, wizards: new Set<string>(), trunks: new Set<string>() };
  const { texts, edition } = await aclTexts(await planAcls(wanted, has, salt), salt);
  return { ...texts, mark: editionAclName(edition) };
}

/** Extensions from 1000 on, with lists that look like those that people write: addresses, ranges, networks, IPv6. */
export function policyOf(extensions: number, round: number): Policy {
  const own = Array.from({ length: extensions }, (_, n): [string, ExtensionRules] => {
    const entries = Array.from({ length: 50 }, (_each, i) => ({
      text: entryText(n + round, i),
      note: null,
      untilMs: null,
    }));
    return [String(1_000 + n), { allowList: { on: true, entries } }];
  });
  return { ...DEFAULT_POLICY, extensions: Object.fromEntries(own) };
}

function entryText(n: number, i: number): string {
  const head = `${10 + (i % 5)}.${n % 256}.${(i * 5) % 256}`;
  switch (i % 5) {
    case 0:
      return `${head}.${(n + i) % 256}`;
    case 1:
      return `${head}.1-${head}.100`;
    case 2:
      return `${head}.0/24`;
    case 3:
      return `${head}.0/255.255.255.0`;
    default:
      return `2001:db8:${(n % 65_536).toString(16)}:${i.toString(16)}::/64`;
  }
}

/** The longest time between two turns of the loop, from now to the call of what is returned; milliseconds. */
function watchLoop(): () => number {
  let last = performance.now();
  let longest = 0;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(turn, 1);
  return () => {
    clearInterval(timer);
    turn();
    return longest;
  };
}
