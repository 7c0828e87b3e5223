import type { Source, Target } from "../domain/address.js";
import type { Ban, Block, NewBan, NewBlock } from "../domain/intrusion/ban.js";
import type { IntrusionParts } from "./intrusion.js";

/** The bans of one replay. They end by the clock of the events. */
export class ReplayBans implements Pick<IntrusionParts["bans"], "ban" | "banOf" | "historyOf"> {
  made = 0;
  private readonly byTarget = new Map<Target, Ban[]>();

  constructor(
    private readonly nowMs: () => number,
    private readonly onBan: (ban: Ban) => void,
  ) {}

  banOf(target: Target): Ban | null {
    const latest = this.byTarget.get(target)?.[0];
    return latest !== undefined && (latest.untilMs === null || latest.untilMs > this.nowMs()) ? latest : null;
  }

  historyOf(target: Target): Ban[] {
    return this.byTarget.get(target) ?? [];
  }

  ban(plan: NewBan): Ban {
    const ban: Ban = { ...plan, id: ++this.made, liftedAtMs: null, liftedBy: null };
    this.byTarget.set(ban.target, [ban, ...this.historyOf(ban.target)]);
    this.onBan(ban);
    return ban;
  }
}

/** The blocks of one replay, likewise. */
export class ReplayBlocks implements Pick<IntrusionParts["blocks"], "block" | "blockOf" | "historyOf"> {
  made = 0;
  private readonly byPair = new Map<string, Block[]>();

  constructor(
    private readonly nowMs: () => number,
    private readonly onBlock: (block: Block) => void,
  ) {}

  blockOf(account: string, source: Source): Block | null {
    const latest = this.historyOf(account, source)[0];
    return latest !== undefined && (latest.untilMs === null || latest.untilMs > this.nowMs()) ? latest : null;
  }

  historyOf(account: string, source: Source): Block[] {
    return this.byPair.get(`${source}\n${account}`) ?? [];
  }

  block(plan: NewBlock): Block {
    const block: Block = { ...plan, id: ++this.made, liftedAtMs: null, liftedBy: null };
    this.byPair.set(`${plan.source}\n${plan.account}`, [block, ...this.historyOf(plan.account, plan.source)]);
    this.onBlock(block);
    return block;
  }
}

/** A recording says nothing of what people did about it. */
export const NO_LOCKS: IntrusionParts["locks"] = {
  lock: () => ({ refused: "refused", message: "Nobody is locked in a replay." }),
  lockOf: () => null,
};
