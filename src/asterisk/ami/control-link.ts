import { randomBytes } from "node:crypto";
import AsteriskManager, { type Manager } from "asterisk-manager";
import { RingfenceError } from "../../domain/error.js";
import { within } from "../deadline.js";
import { checkRequest, readMessage, type Answer, type Message } from "./control-message.js";

export interface LinkOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly secret: string;
  /** For the connection and the login together. */
  readonly connectMs: number;
  /** For Asterisk to have all its modules loaded, after the login. */
  readonly bootMs: number;
  readonly actionMs: number;
  /** Most items of one list. */
  readonly mostItems: number;
}

interface Pending {
  /** Until when it may take, by the clock of performance; 0 where that is no longer than others. */
  readonly slowUntilMs: number;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: RingfenceError) => void;
  readonly items: Message[];
  response: Message | null;
}

/** Opens one AMI connection, logged in, events off, Asterisk fully booted. Rejects with asterisk-refused where the login is
 *  refused, otherwise with asterisk-unreachable. A connection is never opened twice: asterisk-manager keeps what was half
 *  read, and would put it before the next greeting. */
export async function openLink(options: LinkOptions, signal: AbortSignal): Promise<Link> {
  const link = new Link(options);
  const onAbort = (): void => link.close("the daemon stops");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await link.open();
    return link;
  } catch (error) {
    link.close("it could not be opened");
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** One AMI connection. asterisk-manager connects, logs in, writes requests and cuts the answers into headers; which answer is
 *  whose is decided here, since it emits messages under names that the message itself gives. */
export class Link {
  /** Why the connection is over. */
  readonly over: Promise<string>;
  private readonly manager: Manager;
  private readonly socketEnd = new AbortController();
  private readonly pending = new Map<string, Pending>();
  private readonly booted: Promise<void>;
  private sayBooted: () => void = () => undefined;
  private sayOver: (reason: string) => void = () => undefined;
  private loggingIn = true;
  private ended: string | null = null;

  constructor(private readonly options: LinkOptions) {
    this.over = new Promise((resolve) => (this.sayOver = resolve));
    this.booted = new Promise((resolve) => (this.sayBooted = resolve));
    this.manager = AsteriskManager(undefined, options.host, options.user, options.secret, false);
    // Its own listener emits each message under the name of the message's event. `Event: rawevent` makes it run for ever.
    this.manager.removeAllListeners("rawevent");
    this.manager.on("rawevent", (raw: unknown) => this.receive(readMessage(raw)));
    this.manager.on("error", (error: Error) => this.close(error.message));
    this.manager.on("end", () => this.close("Asterisk closed the connection"));
    this.manager.on("close", () => this.close("the connection was closed"));
  }

  async open(): Promise<void> {
    const { host, port, connectMs, bootMs } = this.options;
    await within(connectMs, `AMI at ${host}:${port}`, this.orOver(this.login()));
    // Until then modules are missing, and Asterisk says of their actions that it does not know them.
    await within(bootMs, "FullyBooted, which AMI tells a user with read=system,", this.orOver(this.booted));
    // The login of asterisk-manager says `Event: off`, which Asterisk ignores.
    const answer = await this.act("Events", { EventMask: "off" });
    if (!answer.ok) throw new RingfenceError("asterisk-refused", "AMI refused to leave events out");
  }

  /** Sends one action; a list is collected until its end. Rejects with config (not sent), asterisk-unreachable, or
   *  asterisk-refused (a list beyond all bounds). Asterisk does one action after the other: those behind one that was given more time
   *  than usual have that time as well. */
  async act(
    action: string,
    fields: Readonly<Record<string, string>> = {},
    ms = this.options.actionMs,
  ): Promise<Answer> {
    checkRequest(action, fields);
    if (this.ended !== null) throw lost(this.ended);
    const nowMs = performance.now();
    const isSlow = ms > this.options.actionMs;
    const slowUntilMs = isSlow ? nowMs + ms : 0;
    const busyUntilMs = Math.max(nowMs, ...Array.from(this.pending.values(), (each) => each.slowUntilMs));
    const patienceMs = isSlow ? ms : ms + busyUntilMs - nowMs;
    const id = `ringfence-${randomBytes(16).toString("hex")}`;
    const answer = new Promise<Answer>((settle, fail) => {
      this.pending.set(id, { slowUntilMs, settle, fail, items: [], response: null });
    });
    this.manager.action({ ...fields, action, actionid: id }, () => undefined);
    try {
      return await within(patienceMs, `AMI action ${action}`, answer);
    } finally {
      this.pending.delete(id);
      this.manager.removeAllListeners(id);
    }
  }

  close(reason: string): void {
    if (this.ended !== null) return;
    this.ended = reason;
    // disconnect() waits for the other side to close as well, and a dead one does not.
    this.socketEnd.abort();
    this.manager.disconnect();
    for (const { fail } of this.pending.values()) fail(lost(reason));
    this.pending.clear();
    this.sayOver(reason);
  }

  private login(): Promise<void> {
    const { host, port, user } = this.options;
    return new Promise((resolve, reject) => {
      this.manager.connect({ host, port, signal: this.socketEnd.signal }, undefined, () => {
        this.manager.login((refusal) => {
          this.loggingIn = false;
          if (refusal === undefined) resolve();
          else reject(new RingfenceError("asterisk-refused", refusedLogin(user)));
        });
      });
    });
  }

  private receive(message: Message): void {
    const id = message.get("actionid") ?? "";
    if (message.get("event") === "FullyBooted") this.sayBooted();
    // Before the login nobody but Asterisk itself has a say; its ActionID is asterisk-manager's own, a number.
    if (this.loggingIn && message.has("response") && /^\d+$/.test(id)) {
      this.manager.emit(id, isError(message) ? message : undefined);
      return;
    }
    const pending = this.pending.get(id);
    if (pending === undefined) return;
    if (!message.has("event")) this.respond(pending, message);
    else if (pending.response !== null) this.collect(pending, pending.response, message);
  }

  private respond(pending: Pending, message: Message): void {
    if (pending.response !== null || !message.has("response")) return;
    pending.response = message;
    const ok = !isError(message);
    if (!ok || !isStart(message)) pending.settle({ ok, message, items: [] });
  }

  private collect(pending: Pending, response: Message, message: Message): void {
    if (message.get("eventlist")?.toLowerCase() === "complete") {
      pending.settle({ ok: true, message: response, items: pending.items });
    } else if (pending.items.push(message) > this.options.mostItems) {
      const many = `AMI sent a list of more than ${this.options.mostItems} items`;
      pending.fail(new RingfenceError("asterisk-refused", many));
    }
  }

  private async orOver(promise: Promise<void>): Promise<void> {
    const fault = await Promise.race([promise, this.over]);
    if (typeof fault === "string") throw lost(fault);
  }
}

function isError(message: Message): boolean {
  return message.get("response")?.toLowerCase() === "error";
}

function isStart(message: Message): boolean {
  return message.get("eventlist")?.toLowerCase() === "start";
}

function lost(reason: string): RingfenceError {
  return new RingfenceError("asterisk-unreachable", `no AMI connection: ${reason}`);
}

function refusedLogin(user: string): string {
  return `AMI refused the login of ${JSON.stringify(user)}: check its secret, deny and permit in manager.conf`;
}
