import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseTarget, type Target } from "../domain/address.js";
import { RingfenceError } from "../domain/error.js";
import type { BanScope } from "../domain/intrusion/ban.js";
import type {
  After,
  Clock,
  Firewall,
  FirewallChange,
  FirewallCounters,
  Flood,
  HeldShut,
} from "../guard/ports.js";

export interface AclFirewallParts {
  /** Where the two files go; Asterisk must be able to read it. */
  readonly folder: string;
  /** Makes Asterisk read acl.conf again (AMI `Reload`, `Module: acl`). */
  readonly reloadAcl: () => Promise<void>;
  /** Makes it read pjsip.conf again (`Module: res_pjsip.so`); asked for once, and when all is taken out. */
  readonly reloadPjsip: () => Promise<void>;
  readonly clock: Clock;
  readonly after: After;
}

/** To be included at the end of acl.conf, and that first: a named ACL that there is not shuts everyone out. */
export const ACL_FILE = "ban.acl.conf";
/** To be included at the end of pjsip.conf. */
export const PJSIP_FILE = "ban.pjsip.conf";
const NAME = "ringfence_ban";
const HEAD = "; Written by Ringfence. What is changed here is lost.";
/** Takes effect on every SIP message, ahead of endpoints and their own lists. */
const PJSIP_TEXT = `${HEAD}\n[${NAME}]\ntype=acl\nacl=${NAME}\n`;
const NO_PJSIP_TEXT = `${HEAD}\n`;
const DENY = /^deny=(\S+) ; (host|voip) until (never|[0-9]+)$/;
const RETRY_MS = 5_000;
/** The longest that a timer of Node can be set to is some 24 days. */
const LONGEST_TIMER_MS = 86_400_000;

interface Held {
  /** Unix milliseconds; null: until taken out. */
  readonly untilMs: number | null;
  readonly scope: BanScope;
}

/** Shuts sources out with Asterisk's own means, for a daemon that may not touch the kernel's: a named ACL in a file, which a global `type=acl`
 *  section makes judge every SIP message (Asterisk 16 to 22). Who is shut out gets a 403. */
export class AclFirewall implements Firewall {
  readonly name = "asterisk-acl";
  private readonly shut = new Map<Target, Held>();
  private protectedTargets: readonly Target[] = [];
  /** What the file holds as far as we know; null: not read yet. */
  private written: string | null = null;
  /** The file is ahead of what Asterisk has read. */
  private unread = false;
  private cancelTimer: () => void = () => undefined;
  private closed = false;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: AclFirewallParts) {}

  notes(): readonly string[] {
    return [
      "Asterisk's own list shuts SIP alone, whatever the scope of a ban: pings and other ports still answer, and each refused message costs Asterisk some work.",
      "Packets are neither counted nor limited: a flood reaches Asterisk.",
      "A ban ends only while Ringfence runs.",
    ];
  }

  prepare(): Promise<boolean> {
    return this.inTurn(async () => {
      const text = await read(this.path(ACL_FILE));
      const changed = text === null || text !== this.written;
      if (changed && text !== null) this.adopt(text);
      const wrong = text !== this.text();
      this.written = text;
      if (wrong || this.unread) await this.write();
      // Only now that there is a list for it to name.
      const hook = (await read(this.path(PJSIP_FILE))) === PJSIP_TEXT;
      if (!hook) {
        await this.parts.reloadAcl();
        await replace(this.path(PJSIP_FILE), PJSIP_TEXT);
        await this.parts.reloadPjsip();
      }
      return wrong || !hook;
    });
  }

  apply({ shut, open }: FirewallChange): Promise<void> {
    if (shut.length === 0 && open.length === 0) return Promise.resolve();
    return this.inTurn(async () => {
      const nowMs = this.parts.clock.nowMs();
      for (const target of open) this.shut.delete(target);
      for (const { target, timeoutMs, scope } of shut) {
        this.shut.set(target, { untilMs: timeoutMs === null ? null : Math.ceil(nowMs + timeoutMs), scope });
      }
      await this.write();
    });
  }

  protect(targets: readonly Target[]): Promise<void> {
    return this.inTurn(async () => {
      this.protectedTargets = [...new Set(targets)];
      await this.write();
    });
  }

  /** It limits nobody. */
  know(): Promise<void> {
    return Promise.resolve();
  }

  floods(): Promise<readonly Flood[]> {
    return Promise.resolve([]);
  }

  /** Asterisk still reads what it refuses, and its events tell of it. */
  lastTried(): Promise<number | null> {
    return Promise.resolve(null);
  }

  /** Rejects where the file is not what was last written, so that `prepare` sees to it. */
  held(): Promise<HeldShut[]> {
    // In turn with the writes: one under way is on disk before it is known as written.
    return this.inTurn(async () => {
      if (this.written === null || (await read(this.path(ACL_FILE))) !== this.written) {
        throw new RingfenceError("firewall", `${this.path(ACL_FILE)} was changed or taken away`);
      }
      const nowMs = this.parts.clock.nowMs();
      return [...this.shut]
        .filter(([, { untilMs }]) => untilMs === null || untilMs > nowMs)
        .map(([target, { untilMs, scope }]) => ({
          target,
          expiresInMs: untilMs === null ? null : untilMs - nowMs,
          scope,
        }));
    });
  }

  /** Asterisk does not count what it refuses. */
  counters(): Promise<FirewallCounters> {
    return Promise.resolve({ packets: 0, bytes: 0 });
  }

  /** The list stays, empty: acl.conf may still be asked for it. */
  remove(): Promise<void> {
    return this.inTurn(async () => {
      this.cancelTimer();
      await replace(this.path(PJSIP_FILE), NO_PJSIP_TEXT);
      await this.parts.reloadPjsip();
      this.shut.clear();
      await this.write();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.cancelTimer();
    await this.turn;
  }

  private async write(): Promise<void> {
    this.forgetEnded();
    const text = this.text();
    if (text !== this.written) {
      this.unread = true;
      this.written = null;
      await replace(this.path(ACL_FILE), text);
      this.written = text;
    }
    if (this.unread) {
      await this.parts.reloadAcl();
      this.unread = false;
    }
    this.waitForNextEnd();
  }

  /** The last rule that fits wins, so what is protected comes last. A mask must be given for both families. */
  private text(): string {
    const denies = [...this.shut].map(
      ([target, { untilMs, scope }]) => `deny=${withMask(target)} ; ${scope} until ${untilMs ?? "never"}`,
    );
    const permits = this.protectedTargets.map((target) => `permit=${withMask(target)}`);
    return [HEAD, `[${NAME}]`, "permit=0.0.0.0/0", "permit=::/0", ...denies, ...permits, ""].join("\n");
  }

  /** Takes what the file holds, by the last run or by another hand, for what is held. */
  private adopt(text: string): void {
    this.shut.clear();
    for (const line of text.split("\n")) {
      const [, address = "", scope, until] = DENY.exec(line) ?? [];
      const parsed = parseTarget(address);
      if (scope === undefined || "error" in parsed) continue;
      const untilMs = until === "never" ? null : Number(until);
      this.shut.set(parsed.target, { untilMs, scope: scope === "voip" ? "voip" : "host" });
    }
  }

  private forgetEnded(): void {
    const nowMs = this.parts.clock.nowMs();
    for (const [target, { untilMs }] of this.shut) {
      if (untilMs !== null && untilMs <= nowMs) this.shut.delete(target);
    }
  }

  private waitForNextEnd(): void {
    let next = Infinity;
    for (const { untilMs } of this.shut.values()) if (untilMs !== null && untilMs < next) next = untilMs;
    if (next !== Infinity) this.wait(next - this.parts.clock.nowMs());
  }

  private wait(ms: number): void {
    this.cancelTimer();
    if (this.closed) return;
    this.cancelTimer = this.parts.after(Math.min(Math.max(ms, 1), LONGEST_TIMER_MS), () => {
      // What fails here is told by the next change or comparison, which finds the same fault.
      this.inTurn(() => this.write()).catch(() => this.wait(RETRY_MS));
    });
  }

  private path(file: string): string {
    return join(this.parts.folder, file);
  }

  private inTurn<T>(job: () => Promise<T>): Promise<T> {
    const done = this.turn.then(job).catch((error: unknown) => {
      if (error instanceof RingfenceError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new RingfenceError("firewall", `Asterisk's list of bans: ${why}`, { cause: error });
    });
    this.turn = done.catch(() => undefined);
    return done;
  }
}

function withMask(target: Target): string {
  return target.includes("/") ? target : `${target}/32`;
}

/** Null where there is no such file. */
async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT")
      return null;
    throw error;
  }
}

/** Asterisk takes a half-written list for a whole one, so it must never see one. */
async function replace(path: string, text: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(`${path}.new`, text);
  await chmod(`${path}.new`, 0o644);
  await rename(`${path}.new`, path);
}
