import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Target } from "../domain/address.js";
import { RingfenceError } from "../domain/error.js";
import type {
  After,
  Clock,
  Firewall,
  FirewallChange,
  FirewallCounters,
  Flood,
  HeldShut,
} from "../guard/ports.js";
import type { BanAsterisk } from "./acl/ban-questions.js";
import { banHookText, banListText, banMark, NO_BAN_HOOK, readBanList, type HeldBan } from "./acl/ban-text.js";
import { LISTS_FOLDER } from "./acl/files.js";
import { clearAside, readIfThere, replaceWhole } from "./whole-file.js";

export interface AclFirewallParts {
  /** Where the two files go; Asterisk must be able to read it. */
  readonly folder: string;
  readonly asterisk: BanAsterisk;
  readonly clock: Clock;
  readonly after: After;
  /** How long Asterisk may take to read the files, which it does after it has answered; by default 15 s. */
  readonly inForceMs?: number;
}

/** To be included at the end of acl.conf. */
export const ACL_FILE = "ban.acl.conf";
/** To be included at the end of pjsip.conf. Names no list before Asterisk is seen to find it: a list that is missing shuts
 *  everyone out. */
export const PJSIP_FILE = "ban.pjsip.conf";
const IN_FORCE_MS = 15_000;
const RETRY_MS = 5_000;
/** The longest that a timer of Node can be set to is some 24 days. */
const LONGEST_TIMER_MS = 86_400_000;

/** Shuts sources out with Asterisk's own means, for a daemon that may not touch the kernel's: a named ACL in a file, which a global `type=acl`
 *  section makes judge every SIP message (Asterisk 16 to 22). Who is shut out gets a 403. What Asterisk really goes by is read back
 *  from it: each writing of the list has a mark, which an endpoint that nobody can reach shows once Asterisk took the list. */
export class AclFirewall implements Firewall {
  readonly name = "asterisk-acl";
  private readonly shut = new Map<Target, HeldBan>();
  private protectedTargets: readonly Target[] = [];
  /** Of the list's last writing; empty: not read or written yet. */
  private mark = "";
  /** What the file holds as far as we know; null: not read yet. */
  private written: string | null = null;
  /** Asterisk was not yet seen to have taken what the file holds. */
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
      const there = await readIfThere(this.path(ACL_FILE));
      if (there !== null && there !== this.written) this.adopt(there);
      const hook = await readIfThere(this.path(PJSIP_FILE));
      const whole = there === this.text() && hook === banHookText(this.mark);
      this.written = whole ? there : null;
      if (whole && !this.unread && (await this.isInForce())) return false;
      this.unread = true;
      await this.write();
      return true;
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

  /** Rejects where the file is not what was last written, or not what Asterisk goes by, so that `prepare` sees to it. */
  held(): Promise<HeldShut[]> {
    // In turn with the writes: one under way is on disk before it is known as written.
    return this.inTurn(async () => {
      if (this.written === null || (await readIfThere(this.path(ACL_FILE))) !== this.written) {
        throw new RingfenceError("firewall", `${this.path(ACL_FILE)} was changed or taken away`);
      }
      if (this.unread || (await this.parts.asterisk.markInForce()) !== this.mark) throw notTaken();
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
      await this.disarm();
      this.shut.clear();
      await this.writeList();
      await this.parts.asterisk.reloadAcl();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.cancelTimer();
    await this.turn;
  }

  /** Resolves once Asterisk is seen to go by the list; rejects with what is missing. */
  private async write(): Promise<void> {
    this.forgetEnded();
    if (this.unread || this.text() !== this.written) {
      await this.writeList();
      await this.putInForce();
    }
    this.waitForNextEnd();
  }

  /** Always with a new mark: Asterisk looks at who names a list only when acl.conf has changed. */
  private async writeList(): Promise<void> {
    this.unread = true;
    this.written = null;
    this.mark = banMark(randomBytes(8).toString("hex"));
    const text = this.text();
    await replace(this.path(ACL_FILE), text);
    this.written = text;
  }

  private async putInForce(): Promise<void> {
    const { asterisk } = this.parts;
    // Before anything names the list.
    if (!(await asterisk.readsList(this.mark))) {
      if ((await readIfThere(this.path(PJSIP_FILE))) !== NO_BAN_HOOK) await this.disarm();
      throw notIncluded(ACL_FILE, "acl.conf");
    }
    await replace(this.path(PJSIP_FILE), banHookText(this.mark));
    if (!(await asterisk.readsHook())) throw notIncluded(PJSIP_FILE, "pjsip.conf");
    if (!(await asterisk.judges())) {
      throw notInForce("load its module res_pjsip_acl.so, without which pjsip.conf can shut nobody out");
    }
    const isNew = (await asterisk.markInForce()) === null;
    await asterisk.reloadAcl();
    await this.untilTaken();
    // The mark and the section that makes the list judge come from one file. The first time nothing is left to chance.
    if (isNew) await asterisk.reloadPjsip();
    this.unread = false;
  }

  private async untilTaken(): Promise<void> {
    const { asterisk, inForceMs = IN_FORCE_MS } = this.parts;
    const endMs = performance.now() + inForceMs;
    for (let ms = 5; (await asterisk.markInForce()) !== this.mark; ms = Math.min(250, ms * 2)) {
      if (performance.now() > endMs) throw notTaken();
      await pause(ms);
    }
  }

  private async isInForce(): Promise<boolean> {
    const { asterisk } = this.parts;
    return (
      (await asterisk.readsList(this.mark)) &&
      (await asterisk.readsHook()) &&
      (await asterisk.judges()) &&
      (await asterisk.markInForce()) === this.mark
    );
  }

  /** Nothing names the list any longer. */
  private async disarm(): Promise<void> {
    this.unread = true;
    await replace(this.path(PJSIP_FILE), NO_BAN_HOOK);
    await this.parts.asterisk.reloadPjsip();
  }

  private text(): string {
    return banListText({ shut: this.shut, protected: this.protectedTargets, mark: this.mark });
  }

  /** Takes what the file holds, by the last run or by another hand, for what is held. */
  private adopt(text: string): void {
    const found = readBanList(text);
    this.shut.clear();
    for (const [target, held] of found.shut) this.shut.set(target, held);
    // After a start nobody has said yet who is protected, and bans are in force already.
    if (this.mark === "") this.protectedTargets = found.protected;
    this.mark = found.mark;
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

function notInForce(what: string): RingfenceError {
  return new RingfenceError("config", `Asterisk shuts nobody out: ${what}`);
}

function notIncluded(file: string, into: string): RingfenceError {
  return notInForce(
    `put the line #tryinclude ${LISTS_FOLDER}/${file} at the end of ${into}, and see that asterisk.configDir is the folder that ${into} is in`,
  );
}

function notTaken(): RingfenceError {
  return new RingfenceError(
    "asterisk-refused",
    "Asterisk does not go by the list of bans as it was last written: look for a fault in acl.conf (one bad line makes Asterisk refuse all of it) and in Asterisk's log",
  );
}

async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await clearAside(path);
  await replaceWhole(path, text, { mode: 0o644 });
}
