import { createHash } from "node:crypto";
import { formatIp } from "../domain/address.js";
import {
  COUNTED_SOURCES,
  countedSeconds,
  CROWD_TIMES,
  FLOODING_SECONDS,
  FLOODING_SOURCES,
  KNOWN_TIMES,
  rateOf,
  TRIED_SECONDS,
  TRIED_SOURCES,
  type FilterSettings,
  type FloodLimit,
} from "./settings.js";
import { nameOf, PACKET_SETS, typeOf, type AddressSet, type PacketSet, type SetKind } from "./sets.js";

/** The table as nft is told it: sets in, text out. */

export const FAMILY = "inet";
export const TABLE = "ringfence";
/** The chain that packets come to; the others are reached from it. */
export const CHAIN = "prerouting";
/** `shut`: of a source shut out whole; `sip`: to the ports of calls; `refuse`: shut out; `over`: beyond the flood limit. */
export const CHAINS = [CHAIN, "shut", "sip", "refuse", "over"] as const;
export type Chain = (typeof CHAINS)[number];
/** Ahead of connection tracking (-200) and of the raw tables of others (-300): what is dropped here costs no entry,
 *  and flows that are established already stop at the next packet. */
export const PRIORITY = -310;

export const COUNTERS = { 4: "dropped4", 6: "dropped6" } as const;
export const FLOODED = "flooded";
/** Beyond the limit of all strangers together. */
export const CROWDED = "crowded";
const ALL_COUNTERS = [...Object.values(COUNTERS), FLOODED, CROWDED];

/** Errors sent to those who are shut out, for all of them together: their addresses may be forged, and nobody is to be
 *  flooded with answers to what others sent. */
const REJECTS_PER_SECOND = 200;

const WHERE = `${FAMILY} ${TABLE}`;

/** The table, its counters, chains and the sets that packets fill; harmless where they are. */
export function tableText(): string {
  return [
    `add table ${WHERE}`,
    ...ALL_COUNTERS.map((name) => `add counter ${WHERE} ${name}`),
    `add chain ${WHERE} ${CHAIN} { type filter hook prerouting priority ${PRIORITY}; policy accept; }`,
    ...CHAINS.filter((name) => name !== CHAIN).map((name) => `add chain ${WHERE} ${name}`),
    ...PACKET_SETS.map(packetSetText),
    "",
  ].join("\n");
}

export function addSetText(set: AddressSet): string {
  return `add set ${WHERE} ${nameOf(set)} { type ${typeOf(set)}; flags timeout; }\n`;
}

/** Makes the chains do what `sets` and `settings` need, in place of whatever rules they have. */
export function chainsText(sets: readonly AddressSet[], settings: FilterSettings): string {
  const rules = rulesFor(sets, settings);
  return CHAINS.map((chain) => {
    const lines = [`flush chain ${WHERE} ${chain}`];
    for (const rule of rules[chain]) {
      lines.push(`add rule ${WHERE} ${chain} ${rule.text} comment "${commentOf(rule)}"`);
    }
    return lines.join("\n") + "\n";
  }).join("");
}

/** The comments by which the rules are known again in a listing, in the order of each chain. */
export function ruleComments(
  sets: readonly AddressSet[],
  settings: FilterSettings,
): Readonly<Record<Chain, string[]>> {
  const { prerouting, shut, sip, refuse, over } = rulesFor(sets, settings);
  return {
    prerouting: prerouting.map(commentOf),
    shut: shut.map(commentOf),
    sip: sip.map(commentOf),
    refuse: refuse.map(commentOf),
    over: over.map(commentOf),
  };
}

export function counterNames(): readonly string[] {
  return ALL_COUNTERS;
}

/** Takes away what cannot be changed in place: sets of ours of another make, and a chain at another hook. */
export function removalText(found: {
  readonly chains: ReadonlyMap<Chain, "right" | "wrong">;
  readonly wrongSets: readonly string[];
}): string {
  const wrong = [...found.chains].filter(([, make]) => make === "wrong").map(([name]) => name);
  if (wrong.length === 0 && found.wrongSets.length === 0) return "";
  return [
    ...[...found.chains.keys()].map((name) => `flush chain ${WHERE} ${name}`),
    ...wrong.map((name) => `delete chain ${WHERE} ${name}`),
    ...found.wrongSets.map((name) => `delete set ${WHERE} ${name}`),
    "",
  ].join("\n");
}

interface Rule {
  readonly name: string;
  readonly text: string;
}

/** Told apart by what it does too, so that `prepare` writes anew what another version or another setting has made. */
function commentOf({ name, text }: Rule): string {
  return `${name} ${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}

function rulesFor(sets: readonly AddressSet[], settings: FilterSettings): Record<Chain, Rule[]> {
  const { udp, tcp } = settings.sipPorts;
  return {
    prerouting: [
      // A packet of this machine to itself may carry any of its addresses.
      { name: "loopback", text: "iif lo accept" },
      ...lookups(sets, "protected", "accept"),
      ...lookups(sets, "ban", "goto shut"),
      ...portRules("sip", "udp", udp, "goto sip"),
      ...portRules("sip", "tcp", tcp, "goto sip"),
    ],
    shut: [
      ...portRules("ui", "tcp", settings.uiPorts, "accept"),
      // What ARP is to IPv4: without it a neighbour could not reach those ports either. Never from beyond the wire (RFC 4861, 7.1).
      {
        name: "neighbours",
        text: "ip6 hoplimit 255 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept",
      },
      { name: "rest", text: "goto refuse" },
    ],
    sip: [...lookups(sets, "voip", "goto refuse"), ...floodRules(sets, settings.flood)],
    refuse: [
      { name: "count4", text: `meta nfproto ipv4 counter name ${COUNTERS[4]}` },
      { name: "count6", text: `meta nfproto ipv6 counter name ${COUNTERS[6]}` },
      ...triedRules("udp", udp),
      ...triedRules("tcp", tcp),
      ...(settings.answer === "reject" ? REJECT : []),
      { name: "drop", text: "drop" },
    ],
    over: [
      { name: "over4", text: `update @over4 { ip saddr timeout ${FLOODING_SECONDS}s counter }` },
      { name: "over6", text: `update @over6 { ${SOURCE6} timeout ${FLOODING_SECONDS}s counter }` },
      { name: "drop", text: `counter name ${FLOODED} drop` },
    ],
  };
}

const REJECT: readonly Rule[] = [
  {
    name: "enough",
    text: `limit rate over ${REJECTS_PER_SECOND}/second burst ${2 * REJECTS_PER_SECOND} packets drop`,
  },
  { name: "reset", text: "meta l4proto tcp reject with tcp reset" },
  { name: "unreachable", text: "reject with icmpx type port-unreachable" },
];

/** Strangers and known sources are counted apart, so that no spray of forged addresses takes the place of a customer. A stranger for
 *  whom no place is left shares one limit with all others like it: neither may such a spray pass, nor shut everyone out. */
function floodRules(sets: readonly AddressSet[], flood: FloodLimit | null): Rule[] {
  if (flood === null) return [];
  const seconds = countedSeconds(flood);
  const counted = (name: "busy" | "flood", times: number): Rule[] =>
    ([4, 6] as const).map((family) => ({
      name: `${name}${family}`,
      text: `update @${name}${family} { ${family === 4 ? "ip saddr" : SOURCE6} timeout ${seconds}s ${overText(flood, times)} } goto over`,
    }));
  const known = sets.filter((set) => set.kind === "known");
  const busy = counted("busy", KNOWN_TIMES);
  return [
    ...known.map((set) => ({
      name: nameOf(set),
      text: `${senderText(set)} @${nameOf(set)} ${busy[set.family === 4 ? 0 : 1]?.text ?? ""}`,
    })),
    ...lookups(sets, "known", "accept"),
    ...counted("flood", 1),
    // Only when negated does a look-up leave the limit of what it finds alone.
    {
      name: "crowd4",
      text: `ip saddr != @flood4 ${overText(flood, CROWD_TIMES)} counter name ${FLOODED} drop`,
    },
    {
      name: "crowd6",
      text: `${SOURCE6} != @flood6 ${overText(flood, CROWD_TIMES)} counter name ${FLOODED} drop`,
    },
    ...strangersRule(flood),
  ];
}

/** Beyond some thousand security events Asterisk falls behind with its AMI, and then ignores each SIP request, a customer's call
 *  too (`taskprocessor_overload_trigger` of res_pjsip). So what many sources send, none of which is known, is cut off before it. */
function strangersRule({ strangers }: FloodLimit): Rule[] {
  if (strangers === null) return [];
  const over = overText({ packets: strangers, seconds: 1 }, 1);
  return [{ name: "strangers", text: `${over} counter name ${CROWDED} drop` }];
}

function overText(limit: Pick<FloodLimit, "packets" | "seconds">, times: number): string {
  const { count, per, burst } = rateOf(limit, times);
  return `limit rate over ${count}/${per} burst ${burst} packets`;
}

/** Narrow before wide. */
function lookups(sets: readonly AddressSet[], kind: SetKind, verdict: string): Rule[] {
  const order = (set: AddressSet): number => set.family * 100 - set.bits;
  return sets
    .filter((set) => set.kind === kind)
    .sort((a, b) => order(a) - order(b))
    .map((set) => ({ name: nameOf(set), text: `${senderText(set)} @${nameOf(set)} ${verdict}` }));
}

function portRules(name: string, protocol: "tcp" | "udp", ports: readonly number[], verdict: string): Rule[] {
  if (ports.length === 0) return [];
  const list = [...new Set(ports)].sort((a, b) => a - b).join(", ");
  return [{ name: `${name}-${protocol}`, text: `${protocol} dport { ${list} } ${verdict}` }];
}

/** When each was last heard is what is left of its time. A set that is full ends the rule, and the packet goes on to be dropped. */
function triedRules(protocol: "tcp" | "udp", ports: readonly number[]): Rule[] {
  return ([4, 6] as const).flatMap((family) =>
    portRules(
      `tried${family}`,
      protocol,
      ports,
      `update @tried${family} { ${family === 4 ? "ip saddr" : SOURCE6} timeout ${TRIED_SECONDS}s }`,
    ),
  );
}

const SOURCE6 = "ip6 saddr & ffff:ffff:ffff:ffff::";

function senderText({ family, bits }: AddressSet): string {
  if (family === 4 && bits === 32) return "ip saddr";
  const width = family === 4 ? 32n : 128n;
  const rest = width - BigInt(bits);
  const mask = formatIp({ family, value: ((1n << BigInt(bits)) - 1n) << rest });
  return `${family === 4 ? "ip" : "ip6"} saddr & ${mask}`;
}

function packetSetText(name: PacketSet): string {
  const type = typeOf({ family: name.endsWith("4") ? 4 : 6 });
  const sizes = {
    flood: COUNTED_SOURCES,
    busy: COUNTED_SOURCES,
    over: FLOODING_SOURCES,
    tried: TRIED_SOURCES,
  };
  const size = sizes[name.slice(0, -1) as keyof typeof sizes];
  return `add set ${WHERE} ${name} { type ${type}; size ${size}; flags dynamic, timeout; timeout 1m; }`;
}
