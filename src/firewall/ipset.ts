import { networkOfTarget, type Source, type Target } from "../domain/address.js";
import type { BanScope } from "../domain/intrusion/ban.js";
import type { Clock, Firewall, FirewallChange, Flood, HeldShut, Shut } from "../guard/ports.js";
import { FloodCounts } from "./flood-counts.js";
import {
  isWhole,
  parseSaved,
  removalText,
  restoreText,
  overName,
  setName,
  triedName,
  wantedSets,
  type Family,
  type FoundRules,
  type IpsetKind,
} from "./ipset-rules.js";
import { SaveReader, type SavedElement } from "./ipset-save.js";
import { agoMs, FILTER_DEFAULTS, type FilterCounters, type FilterSettings } from "./settings.js";
import { runTool, streamTool } from "./tool.js";

export interface IpsetSettings extends FilterSettings {
  /** Paths or names. `iptables-restore` and `iptables-save` are looked for beside `iptables`, and so for ip6tables. */
  readonly ipset: string;
  readonly iptables: string;
  readonly ip6tables: string;
  readonly deadlineMs: number;
}

export const IPSET_DEFAULTS: IpsetSettings = {
  ...FILTER_DEFAULTS,
  ipset: "ipset",
  iptables: "iptables",
  ip6tables: "ip6tables",
  deadlineMs: 30_000,
};

const FAMILIES = [4, 6] as const;
/** The kernel's longest timeout, some 24 days. */
const LONGEST_S = 2_147_483;
/** An element that lasts longer than that has its true end in its comment, and is told as wrong this long before the kernel's. */
const RENEW_MS = 86_400_000;
const END = /^until:([0-9]+)$/;

/** Shuts sources out with ipset and iptables, for machines without nft: rules in PREROUTING of the raw table, ahead of connection tracking. What
 *  `ipset restore` is told is no transaction, but each line of it may be said again: a change that failed is whole once it was repeated. */
export class Ipset implements Firewall {
  readonly name = "ipset";
  private readonly settings: IpsetSettings;
  private protectedTargets: readonly Target[] = [];
  private knownSources: readonly Source[] = [];
  private protectionDamaged = false;
  private readonly flooding = new FloodCounts();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    settings: Partial<IpsetSettings> = {},
  ) {
    this.settings = { ...IPSET_DEFAULTS, ...settings };
  }

  notes(): readonly string[] {
    return this.settings.answer === "reject"
      ? ["ipset and iptables can't reject ahead of connection tracking: who is shut out gets no answer."]
      : [];
  }

  prepare(): Promise<boolean> {
    return this.inTurn(async () => {
      const madeSets = await this.makeSets();
      let madeRules = false;
      for (const family of FAMILIES) {
        const found = await this.rules(family);
        if (isWhole(found, family, this.settings)) continue;
        madeRules = true;
        await this.restoreRules(family, restoreText(family, this.settings, found.jumps));
      }
      return madeSets || madeRules;
    });
  }

  apply({ shut, open }: FirewallChange): Promise<void> {
    if (shut.length === 0 && open.length === 0) return Promise.resolve();
    return this.inTurn(async () => {
      // The later one of two for the same target counts, and a target that is in both lists is shut.
      const wanted = new Map(shut.map((each) => [each.target, each]));
      const lines: string[] = [];
      for (const each of wanted.values()) {
        lines.push(...this.addLines(each), ...deleteLines(other(each.scope), each.target));
      }
      for (const target of new Set(open)) {
        if (!wanted.has(target)) lines.push(...deleteLines("host", target), ...deleteLines("voip", target));
      }
      await this.restoreSets(lines);
    });
  }

  protect(targets: readonly Target[]): Promise<void> {
    return this.inTurn(async () => {
      this.protectedTargets = [...new Set(targets)];
      await this.restoreSets(replaceLines("protected", this.protectedTargets));
      this.protectionDamaged = false;
    });
  }

  know(sources: readonly Source[]): Promise<void> {
    return this.inTurn(async () => {
      this.knownSources = [...new Set(sources)];
      await this.restoreSets(replaceLines("known", this.knownSources));
    });
  }

  async floods(): Promise<readonly Flood[]> {
    const over: SavedElement[] = [];
    await this.readSets((element, _, name) => {
      if (name === overName(4) || name === overName(6)) over.push(element);
    });
    return this.flooding.since(over);
  }

  async lastTried(source: Source): Promise<number | null> {
    const left: number[] = [];
    const reader = new SaveReader(({ target, leftMs }) => {
      if (target === source && leftMs !== null) left.push(leftMs);
    });
    const name = triedName(source.includes(":") ? 6 : 4);
    await streamTool(this.ipsetTool(), ["save", name], (text) => reader.read(text));
    return agoMs(left);
  }

  async held(): Promise<HeldShut[]> {
    const held = new Map<Target, HeldShut>();
    const shielded = new Set<Target>();
    const nowMs = this.clock.nowMs();
    const created = await this.readSets((element, kind) => {
      const { target } = element;
      if (kind === "protected") shielded.add(target);
      if (kind !== "host" && kind !== "voip") return;
      // What is in both scopes is shut whole.
      if (kind === "voip" && held.get(target)?.scope === "host") return;
      held.set(target, { target, expiresInMs: leftMs(element, nowMs), scope: kind });
    });
    if (created === 0) await this.listAny();
    if (this.protectedTargets.some((target) => !shielded.has(target))) this.protectionDamaged = true;
    return [...held.values()];
  }

  async counters(): Promise<FilterCounters> {
    const none = { packets: 0, bytes: 0 };
    const found = [await this.rules(4), await this.rules(6)] as const;
    const [ipv4, ipv6] = [found[0].counters.get("dropped") ?? none, found[1].counters.get("dropped") ?? none];
    const flooded = found
      .flatMap(({ counters }) => [counters.get("counted") ?? none, counters.get("uncounted") ?? none])
      .reduce((sum, { packets }) => sum + packets, 0);
    const crowded = found.reduce((sum, { counters }) => sum + (counters.get("strangers")?.packets ?? 0), 0);
    const packets = ipv4.packets + ipv6.packets;
    return { packets, bytes: ipv4.bytes + ipv6.bytes, flooded, crowded, ipv4, ipv6 };
  }

  remove(): Promise<void> {
    return this.inTurn(async () => {
      for (const family of FAMILIES) await this.restoreRules(family, removalText(await this.rules(family)));
      const created = await this.createdSets();
      await this.restoreSets([...created.keys()].map((name) => `destroy ${name}`));
    });
  }

  async close(): Promise<void> {
    await this.turn;
  }

  /** Resolves to whether any had to be made. */
  private async makeSets(): Promise<boolean> {
    const created = await this.createdSets();
    const lines: string[] = [];
    let wrong = false;
    for (const { name, type, options } of wantedSets()) {
      const found = created.get(name);
      const words = ` ${found ?? ""} `;
      if (found !== undefined && isAsWanted(words, type, options)) continue;
      if (found !== undefined) {
        wrong = true;
        lines.push(`destroy ${name}`);
      }
      lines.push(`create ${name} ${type} ${options}`);
    }
    if (lines.length === 0 && !this.protectionDamaged) return false;
    if (wrong) {
      // A set that a rule looks up can't be destroyed.
      for (const family of FAMILIES) await this.restoreRules(family, removalText(await this.rules(family)));
    }
    lines.push(
      ...replaceLines("protected", this.protectedTargets),
      ...replaceLines("known", this.knownSources),
    );
    await this.restoreSets(lines);
    this.protectionDamaged = false;
    return true;
  }

  private addLines({ scope, target, timeoutMs }: Shut): string[] {
    const seconds = timeoutMs === null ? 0 : Math.max(Math.ceil(timeoutMs / 1000), 1);
    const isLong = seconds > LONGEST_S;
    const end =
      isLong && timeoutMs !== null ? ` comment until:${Math.round(this.clock.nowMs() + timeoutMs)}` : "";
    return elementsOf(scope, target).map(
      (element) => `add ${element} timeout ${isLong ? LONGEST_S : seconds}${end}`,
    );
  }

  private async createdSets(): Promise<ReadonlyMap<string, string>> {
    const reader = new SaveReader(() => undefined);
    await streamTool(this.ipsetTool(), ["list", "-t", "-o", "save"], (text) => reader.read(text));
    return reader.created;
  }

  /** Resolves to how many sets of ours there are. */
  private async readSets(
    take: (element: SavedElement, kind: IpsetKind | null, name: string) => void,
  ): Promise<number> {
    const reader = new SaveReader((element, set, name) => take(element, set?.kind ?? null, name));
    await streamTool(this.ipsetTool(), ["save"], (text) => reader.read(text));
    return reader.created.size;
  }

  /** Rejects where our sets are gone. */
  private async listAny(): Promise<void> {
    await runTool(this.ipsetTool(), ["list", "-t", setName("host", 4, false)]);
  }

  private async restoreSets(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    await runTool(this.ipsetTool(), ["-exist", "restore"], `${lines.join("\n")}\n`);
  }

  private async rules(family: Family): Promise<FoundRules> {
    return parseSaved(await runTool(this.iptablesTool(family, "-save"), ["-c", "-t", "raw"]));
  }

  private async restoreRules(family: Family, text: string): Promise<void> {
    await runTool(this.iptablesTool(family, "-restore"), ["-w", "5", "--noflush"], text);
  }

  private ipsetTool(): { binary: string; deadlineMs: number } {
    return { binary: this.settings.ipset, deadlineMs: this.settings.deadlineMs };
  }

  private iptablesTool(family: Family, part: "-save" | "-restore"): { binary: string; deadlineMs: number } {
    const { iptables, ip6tables, deadlineMs } = this.settings;
    return { binary: `${family === 4 ? iptables : ip6tables}${part}`, deadlineMs };
  }

  private inTurn<T>(job: () => Promise<T>): Promise<T> {
    const done = this.turn.then(job);
    this.turn = done.catch(() => undefined);
    return done;
  }
}

/** The names of a set and of an element in it, for what a target needs. */
function elementsOf(kind: IpsetKind, target: Target): string[] {
  if (!target.includes("/")) return [`${setName(kind, 4, false)} ${target}`];
  const { family, bits } = networkOfTarget(target);
  if (bits > 0) return [`${setName(kind, family, false)} ${target}`];
  const halves = family === 4 ? ["0.0.0.0/1", "128.0.0.0/1"] : ["::/1", "8000::/1"];
  return halves.map((half) => `${setName(kind, family, true)} ${half}`);
}

function deleteLines(scope: BanScope, target: Target): string[] {
  return elementsOf(scope, target).map((element) => `del ${element}`);
}

function other(scope: BanScope): BanScope {
  return scope === "host" ? "voip" : "host";
}

function replaceLines(kind: IpsetKind, targets: readonly Target[]): string[] {
  const flushed = FAMILIES.flatMap((family) =>
    [false, true].map((all) => `flush ${setName(kind, family, all)}`),
  );
  const added = targets
    .flatMap((target) => elementsOf(kind, target))
    .map((element) => `add ${element} timeout 0`);
  return [...flushed, ...added];
}

function leftMs({ leftMs: kernelMs, comment }: SavedElement, nowMs: number): number | null {
  const end = END.exec(comment)?.[1];
  // Near the kernel's own end that is what counts, so that the keeper renews it.
  if (end === undefined || kernelMs === null || kernelMs < RENEW_MS) return kernelMs;
  return Number(end) - nowMs;
}

function isAsWanted(found: string, type: string, options: string): boolean {
  if (!found.startsWith(` ${type} `)) return false;
  const words = options.split(" ");
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const hasValue = !["comment", "counters"].includes(word);
    const wanted = hasValue ? `${word} ${words[++i] ?? ""}` : word;
    if (!found.includes(` ${wanted} `)) return false;
  }
  return true;
}
