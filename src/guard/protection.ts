import { networkOfTarget, parseTarget, type Target } from "../domain/address.js";
import { TargetIndex } from "../domain/target-index.js";
import type { Log, Trunk } from "./ports.js";

export interface ProtectionParts {
  /** The addresses that this machine answers to. An IPv6 one protects its /64: the router's, without which nothing works. */
  readonly own: readonly Target[];
  /** From the config file. */
  readonly configured: readonly Target[];
  readonly log: Log;
}

/** Called after a change, with what was not protected before. */
export type ProtectionListener = (added: readonly Target[]) => void;

/** Knows who is never shut out, whatever the events say, and why. */
export class Protection {
  private neverBan: readonly Target[] = [];
  private trunks: readonly Trunk[] = [];
  private admins: readonly { readonly user: string; readonly source: Target }[] = [];
  private own: readonly Target[];
  private index = new TargetIndex<Protected>();
  private current: readonly Target[] = [];
  private readonly listeners = new Set<ProtectionListener>();

  constructor(private readonly parts: ProtectionParts) {
    this.own = parts.own;
    this.rebuild();
  }

  setTrunks(trunks: readonly Trunk[]): void {
    this.trunks = trunks.map((trunk) => ({
      ...trunk,
      targets: trunk.targets.filter((each) => this.isBelievable(trunk, each)),
    }));
    this.rebuild();
  }

  setNeverBan(targets: readonly Target[]): void {
    this.neverBan = targets;
    this.rebuild();
  }

  /** Where admins are signed in to the web UI: a ban on their own office would lock them out. */
  setAdmins(live: readonly { readonly user: string; readonly source: Target }[]): void {
    this.admins = live;
    this.rebuild();
  }

  setOwn(targets: readonly Target[]): void {
    this.own = targets;
    this.rebuild();
  }

  /** Whether shutting `target` out would shut out anyone protected: it is, lies within, or contains a protected address. */
  isProtected(target: Target): boolean {
    return this.index.covering(target).length > 0 || this.index.within(target).length > 0;
  }

  /** Names who is protected and why, such as `198.51.100.7 belongs to the trunk carrier`; null where nobody is. */
  reasonFor(target: Target): string | null {
    const found = this.index.covering(target)[0] ?? this.index.within(target)[0];
    return found === undefined ? null : `${found.target} ${found.because}`;
  }

  /** Each once. */
  targets(): readonly Target[] {
    return this.current;
  }

  /** Returns what ends the subscription. */
  onChange(listener: ProtectionListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private rebuild(): void {
    const before = new Set(this.current);
    const now = new Map<Target, Protected>();
    // The first reason for a target is the one that is told.
    for (const each of this.everyone()) if (!now.has(each.target)) now.set(each.target, each);
    this.index = new TargetIndex();
    for (const each of now.values()) this.index.set(each.target, each);
    this.current = [...now.keys()];
    const added = this.current.filter((target) => !before.has(target));
    if (added.length === 0 && before.size === this.current.length) return;
    for (const listener of this.listeners) listener(added);
  }

  private everyone(): Protected[] {
    const all = (targets: readonly Target[], because: string): Protected[] =>
      targets.map((target) => ({ target, because }));
    return [
      ...ALWAYS,
      ...all(this.own, "is the PBX's own"),
      ...this.trunks.flatMap(({ endpoint, targets }) => all(targets, `belongs to the trunk ${endpoint}`)),
      ...all(this.neverBan, "is on the never-ban list"),
      ...this.admins.map(({ user, source }) => ({
        target: source,
        because: `is where ${user} is signed in as an admin`,
      })),
      ...all(this.parts.configured, "is protected in the config file"),
    ];
  }

  /** A trunk that takes calls from everywhere must not disarm the fence. */
  private isBelievable(trunk: Trunk, target: Target): boolean {
    const { family, bits } = networkOfTarget(target);
    const believed = bits >= WIDEST_TRUNK_BITS[family];
    if (!believed) {
      this.parts.log.warn(
        "a trunk's network is too wide to be protected as a whole; put it on the never-ban list if it should be",
        {
          trunk: trunk.endpoint,
          target,
        },
      );
    }
    return believed;
  }
}

interface Protected {
  readonly target: Target;
  /** Follows the target in a sentence. */
  readonly because: string;
}

/** `match=0.0.0.0/0` is seen in the wild; carriers' own ranges are narrower than these. */
const WIDEST_TRUNK_BITS = { 4: 8, 6: 16 } as const;

const ALWAYS: readonly Protected[] = (
  [
    ["127.0.0.0/8", "is this machine itself"],
    ["0.0.0.0/8", "is no sender's address"],
    ["::/64", "is this machine itself"],
    // Routers and neighbours are found from these; without them IPv6 stops altogether.
    ["fe80::/10", "is what IPv6 finds its neighbours by"],
  ] as const
).map(([text, because]) => {
  const parsed = parseTarget(text);
  if ("error" in parsed) throw new TypeError(parsed.error);
  return { target: parsed.target, because };
});
