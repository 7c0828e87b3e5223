import { createHash } from "node:crypto";
import {
  COUNTED_SOURCES,
  countedSeconds,
  FLOODING_SECONDS,
  FLOODING_SOURCES,
  KNOWN_TIMES,
  rateOf,
  TRIED_SECONDS,
  TRIED_SOURCES,
  type FilterSettings,
  type FloodLimit,
} from "./settings.js";

/** The sets and rules of the ipset backend as text: what `ipset restore` and `iptables-restore` are told. */

export type Family = 4 | 6;
export type IpsetKind = "protected" | "host" | "voip" | "known";
const KINDS: readonly IpsetKind[] = ["protected", "host", "voip", "known"];

/** As in PREROUTING's raw table, ahead of connection tracking: flows that are established stop too. */
export const MAIN = "RINGFENCE";
const CHAINS = [MAIN, "RINGFENCE-SHUT", "RINGFENCE-SIP", "RINGFENCE-DROP", "RINGFENCE-OVER"] as const;
const PREFIX = "ringfence";
/** The kernel's limit for the elements of a set must be told when it is made. */
const LARGEST_SET = 1_048_576;

/** A set of networks holds any prefix length but /0: that one has two halves in a set of its own. */
export function setName(kind: IpsetKind, family: Family, all: boolean): string {
  return `${PREFIX}-${kind}${family}${all ? "-all" : ""}`;
}

export function overName(family: Family): string {
  return `${PREFIX}-over${family}`;
}

export function triedName(family: Family): string {
  return `${PREFIX}-tried${family}`;
}

export interface IpsetName {
  readonly kind: IpsetKind;
  readonly family: Family;
  readonly all: boolean;
}

/** Null where `name` is none of ours. */
export function parseSetName(name: string): IpsetName | null {
  const match = /^ringfence-(protected|host|voip|known)([46])(-all)?$/.exec(name);
  if (match === null) return null;
  return {
    kind: match[1] as IpsetKind,
    family: match[2] === "4" ? 4 : 6,
    all: match[3] !== undefined,
  };
}

/** Name, type and what follows it in `create`, of each set that there must be. */
export function wantedSets(): { readonly name: string; readonly type: string; readonly options: string }[] {
  const sets = [];
  for (const family of [4, 6] as const) {
    const inet = `family inet${family === 4 ? "" : "6"}`;
    for (const kind of KINDS) {
      for (const all of [false, true]) {
        const options = `${inet} maxelem ${LARGEST_SET} timeout 0 comment`;
        sets.push({ name: setName(kind, family, all), type: "hash:net", options });
      }
    }
    const netmask = family === 6 ? " netmask 64" : "";
    const options = `${inet}${netmask} maxelem ${FLOODING_SOURCES} timeout ${FLOODING_SECONDS} counters`;
    sets.push({ name: overName(family), type: "hash:ip", options });
    const remembered = `${inet}${netmask} maxelem ${TRIED_SOURCES} timeout ${TRIED_SECONDS}`;
    sets.push({ name: triedName(family), type: "hash:ip", options: remembered });
  }
  return sets;
}

/** All rules, each as `-A CHAIN …` with its comment. */
export function ruleLines(family: Family, settings: FilterSettings): string[] {
  return rulesFor(family, settings).map(({ chain, name, text, jump }) => {
    const whole = `-A ${chain} ${text}`;
    const digest = digestOf(`${whole} ${jump}`);
    return `${whole} -m comment --comment ${commentOf(name, digest)} -j ${jump}`;
  });
}

const JUMP = `-m comment --comment ${commentOf("jump", "1")} -j ${MAIN}`;

/** Puts the rules in the place of whatever our chains hold, and the way to them first; `jumps`: how many ways there are. */
export function restoreText(family: Family, settings: FilterSettings, jumps: number): string {
  return [
    "*raw",
    ...CHAINS.map((chain) => `:${chain} - [0:0]`),
    ...Array.from({ length: jumps }, () => `-D PREROUTING ${JUMP}`),
    `-I PREROUTING 1 ${JUMP}`,
    ...ruleLines(family, settings),
    "COMMIT",
    "",
  ].join("\n");
}

export function removalText(found: FoundRules): string {
  const chains = CHAINS.filter((chain) => found.chains.has(chain));
  return [
    "*raw",
    ...Array.from({ length: found.jumps }, () => `-D PREROUTING ${JUMP}`),
    ...chains.map((chain) => `-F ${chain}`),
    ...chains.map((chain) => `-X ${chain}`),
    "COMMIT",
    "",
  ].join("\n");
}

export interface FoundRules {
  readonly chains: ReadonlySet<string>;
  /** Rules of PREROUTING that lead to ours. */
  readonly jumps: number;
  /** Whether the only one is PREROUTING's first rule. */
  readonly jumpIsFirst: boolean;
  /** Chain and comment of each rule of ours; the comment is empty where there is none. */
  readonly rules: readonly string[];
  /** By the name in the comment. */
  readonly counters: ReadonlyMap<string, { readonly packets: number; readonly bytes: number }>;
}

/** Reads what `iptables-save -c -t raw` printed. */
export function parseSaved(text: string): FoundRules {
  const chains = new Set<string>();
  const rules: string[] = [];
  const counters = new Map<string, { packets: number; bytes: number }>();
  let jumps = 0;
  let prerouting = 0;
  let jumpIsFirst = false;
  for (const line of text.split("\n")) {
    const declared = /^:(\S+) /.exec(line)?.[1];
    if (declared !== undefined) chains.add(declared);
    const match = /^\[([0-9]+):([0-9]+)\] -A (\S+) (.*)$/.exec(line);
    if (match === null) continue;
    const [, packets = "0", bytes = "0", chain = "", rest = ""] = match;
    const comment = /--comment "?([^" ]+)"?/.exec(rest)?.[1] ?? "";
    if (chain === "PREROUTING") {
      prerouting += 1;
      if (!rest.endsWith(`-j ${MAIN}`)) continue;
      jumps += 1;
      jumpIsFirst = prerouting === 1;
    } else if (CHAINS.some((name) => name === chain)) {
      rules.push(`${chain} ${comment}`);
      counters.set(comment.split(":")[1] ?? "", { packets: Number(packets), bytes: Number(bytes) });
    }
  }
  return { chains, jumps, jumpIsFirst: jumpIsFirst && jumps === 1, rules, counters };
}

export function isWhole(found: FoundRules, family: Family, settings: FilterSettings): boolean {
  const wanted = ruleLines(family, settings).map((line) => {
    const [, chain = "", comment = ""] = /^-A (\S+) .*--comment (\S+)/.exec(line) ?? [];
    return `${chain} ${comment}`;
  });
  // iptables-save lists chain by chain.
  const inOrder = (lines: readonly string[]): string =>
    CHAINS.map((chain) => lines.filter((line) => line.startsWith(`${chain} `)).join("\n")).join("\n");
  return found.jumpIsFirst && inOrder(wanted) === inOrder(found.rules);
}

interface Rule {
  readonly chain: (typeof CHAINS)[number];
  readonly name: string;
  readonly text: string;
  readonly jump: string;
}

function rulesFor(family: Family, { sipPorts, uiPorts, flood }: FilterSettings): Rule[] {
  const [main, shut, sip, drop, over] = CHAINS;
  const inSet = (kind: IpsetKind, chain: Rule["chain"], jump: string): Rule[] =>
    [false, true].map((all) => ({
      chain,
      name: `${kind}${all ? "-all" : ""}`,
      text: `-m set --match-set ${setName(kind, family, all)} src`,
      jump,
    }));
  const ports = (
    chain: Rule["chain"],
    protocol: "tcp" | "udp",
    list: readonly number[],
    jump: string,
  ): Rule[] =>
    inGroups(list).map((group, i) => ({
      chain,
      name: `${protocol}${i}`,
      text: `-p ${protocol} -m multiport --dports ${group.join(",")}`,
      jump,
    }));
  return [
    // A packet of this machine to itself may carry any of its addresses.
    { chain: main, name: "loopback", text: "-i lo", jump: "RETURN" },
    ...inSet("protected", main, "RETURN"),
    ...inSet("host", main, shut),
    ...ports(main, "udp", sipPorts.udp, sip),
    ...ports(main, "tcp", sipPorts.tcp, sip),
    ...ports(shut, "tcp", uiPorts, "ACCEPT"),
    // What ARP is to IPv4: without it a neighbour could not reach those ports either. Never from beyond the wire (RFC 4861, 7.1).
    ...(family === 4 ? [] : [135, 136]).map((type) => ({
      chain: shut,
      name: `neighbours${type}`,
      text: `-p ipv6-icmp -m icmp6 --icmpv6-type ${type} -m hl --hl-eq 255`,
      jump: "ACCEPT",
    })),
    { chain: shut, name: "rest", text: "", jump: drop },
    ...inSet("voip", sip, drop),
    ...(flood === null ? [] : floodRules(family, flood, sip, over)),
    ...(["udp", "tcp"] as const).flatMap((protocol) =>
      // When it was last heard is what is left of its time.
      ports(
        drop,
        protocol,
        sipPorts[protocol],
        `SET --add-set ${triedName(family)} src --exist --timeout ${TRIED_SECONDS}`,
      ),
    ),
    { chain: drop, name: "dropped", text: "", jump: "DROP" },
    // Looking it up counts it there; putting it in again would make the count start anew.
    { chain: over, name: "counted", text: `-m set --match-set ${overName(family)} src`, jump: "DROP" },
    {
      chain: over,
      name: "over",
      text: "",
      jump: `SET --add-set ${overName(family)} src --exist --timeout ${FLOODING_SECONDS}`,
    },
    { chain: over, name: "uncounted", text: "", jump: "DROP" },
  ];
}

/** When there is no place to count more strangers, hashlimit drops the new ones; those who are known are counted apart. */
function floodRules(family: Family, flood: FloodLimit, chain: Rule["chain"], over: Rule["chain"]): Rule[] {
  const limit = (name: string, times: number): string => {
    const { count, per, burst } = rateOf(flood, times);
    const mask = family === 6 ? " --hashlimit-srcmask 64" : "";
    // The kernel keeps a table's first limit for as long as its name is in use; a name has 15 characters.
    const digest = digestOf(`${count}/${per} ${burst}`).slice(0, 6);
    return (
      `-m hashlimit --hashlimit-name rf-${name}${family}-${digest} --hashlimit-above ${count}/${per} ` +
      `--hashlimit-burst ${burst} --hashlimit-mode srcip${mask} --hashlimit-htable-max ${COUNTED_SOURCES} ` +
      `--hashlimit-htable-expire ${countedSeconds(flood) * 1000}`
    );
  };
  const known = `-m set --match-set ${setName("known", family, false)} src`;
  return [
    { chain, name: "busy", text: `${known} ${limit("busy", KNOWN_TIMES)}`, jump: over },
    { chain, name: "known", text: known, jump: "RETURN" },
    { chain, name: "flood", text: limit("new", 1), jump: over },
    ...strangersRule(family, flood, chain),
  ];
}

/** As with nftables (ruleset.ts), but for each family alone. Without a mode hashlimit counts all packets in one place. */
function strangersRule(family: Family, { strangers }: FloodLimit, chain: Rule["chain"]): Rule[] {
  if (strangers === null) return [];
  const { count, per, burst } = rateOf({ packets: strangers, seconds: 1 }, 1);
  const name = `rf-all${family}-${digestOf(`${count}/${per} ${burst}`).slice(0, 6)}`;
  const text = `-m hashlimit --hashlimit-name ${name} --hashlimit-above ${count}/${per} --hashlimit-burst ${burst}`;
  return [{ chain, name: "strangers", text, jump: "DROP" }];
}

/** multiport takes fifteen. */
function inGroups(ports: readonly number[]): number[][] {
  const sorted = [...new Set(ports)].sort((a, b) => a - b);
  const groups: number[][] = [];
  for (let from = 0; from < sorted.length; from += 15) groups.push(sorted.slice(from, from + 15));
  return groups;
}

/** Without spaces, which some versions quote. */
function commentOf(name: string, digest: string): string {
  return `${PREFIX}:${name}:${digest}`;
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
