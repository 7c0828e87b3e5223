import type { RunningCall } from "../../domain/calling/ledger.js";
import { RingfenceError } from "../../domain/error.js";
import type { CallEnd, Clock, Log } from "../../guard/ports.js";

/** A channel that Asterisk has. */
export interface LiveChannel {
  readonly id: string;
  readonly name: string;
  /** Whether it is answered. */
  readonly up: boolean;
  readonly createdAtMs: number;
}

/** What following calls needs of ARI. Rejects with a RingfenceError where Asterisk does not answer. */
export interface ChannelWatch {
  /** Has Asterisk tell of this channel, also after it has left Stasis. */
  watch(channelId: string): Promise<"watched" | "gone">;
  channels(): Promise<readonly LiveChannel[]>;
  hangUp(channelId: string): Promise<"ended" | "gone">;
  /** The call that a channel was made for (RINGFENCE_CALL, which the dialplan hands down); null: for none of ours. */
  callOf(channelId: string): Promise<string | null>;
}

/** ARI's Dial event: `caller` calls `peer`. */
export interface DialEvent {
  readonly callerId: string;
  readonly peerId: string;
  readonly peerName: string;
  readonly answered: boolean;
  readonly atMs: number;
}

/** ARI's ChannelDestroyed. */
export interface DestroyedEvent {
  readonly channelId: string;
  readonly name: string;
  readonly up: boolean;
  readonly atMs: number;
}

export interface FollowParts {
  readonly onAnswered: (channelId: string, legId: string, atMs: number) => void;
  readonly onEnded: (end: CallEnd) => void;
  readonly clock: Clock;
  readonly log: Log;
}

interface Followed {
  readonly channelId: string;
  readonly startedAtMs: number;
  readonly longestSeconds: number | null;
  answeredAtMs: number | null;
  /** Channels on the far side that were answered, and have not ended. */
  readonly legs: Set<string>;
  callerGone: boolean;
  /** Whether Asterisk has said that it will tell of the caller's channel. */
  watched: boolean;
  watching: Promise<void>;
  /** A channel of it may live on under another id: through a Local channel, or since it changed places with another. */
  winding: boolean;
}

/** Variables are asked for this many channels at once. */
const AT_ONCE = 8;

/** Follows the calls that were let through until the last channel on the far side is gone: what the carrier bills. The channel that was
 *  judged may end long before that, when its call is transferred. */
export class CallFollower {
  private readonly calls = new Map<string, Followed>();
  private readonly callOfLeg = new Map<string, string>();
  private control: ChannelWatch | null = null;

  constructor(private readonly parts: FollowParts) {}

  /** Null: there is no connection. What ends meanwhile is found by `reconcile`. */
  use(control: ChannelWatch | null): void {
    this.control = control;
  }

  /** A call is let through; what the channel did before is over. */
  begin(call: RunningCall): void {
    this.forget(call.channelId);
    const followed = followedOf(call);
    this.calls.set(call.channelId, followed);
    followed.watching = this.watch(call.channelId).then((outcome) => {
      followed.watched = outcome === "watched";
      if (outcome === "gone") this.gone(followed);
    });
  }

  /** Resolves once Asterisk tells of that channel, or can't be asked. Before that a call must not go on, lest its answer be missed. */
  async ready(channelId: string): Promise<void> {
    await this.calls.get(channelId)?.watching;
  }

  /** Ends a call: the channel that was judged, and those of the far side, which may go on without it after a transfer. */
  async hangUp(call: RunningCall): Promise<void> {
    const { control } = this;
    if (control === null) throw new RingfenceError("asterisk-unreachable", "there is no connection to ARI");
    const legs = [...(this.calls.get(call.channelId)?.legs ?? call.legs ?? [])];
    await Promise.all([call.channelId, ...legs].map((id) => control.hangUp(id)));
  }

  forget(channelId: string): void {
    for (const leg of this.calls.get(channelId)?.legs ?? []) this.callOfLeg.delete(leg);
    this.calls.delete(channelId);
  }

  dialled(event: DialEvent): void {
    const call = this.calls.get(event.callerId);
    if (call === undefined || !event.answered) return;
    this.answered(call, event.peerId, event.atMs);
    if (isWinding(event.peerName)) call.winding = true;
    void this.watch(event.peerId).then((outcome) => {
      if (outcome === "gone") this.legEnded(event.peerId, this.parts.clock.nowMs());
    });
  }

  destroyed(event: DestroyedEvent): void {
    const call = this.calls.get(event.channelId);
    if (call !== undefined) {
      call.callerGone = true;
      // Its answer may have been missed: counted from the start rather than not at all.
      if (call.answeredAtMs === null && event.up && !call.watched) call.answeredAtMs = call.startedAtMs;
      if (isWinding(event.name)) call.winding = true;
      this.look(call, event.atMs);
    }
    const ofLeg = this.calls.get(this.callOfLeg.get(event.channelId) ?? "");
    if (ofLeg !== undefined && isWinding(event.name)) ofLeg.winding = true;
    this.legEnded(event.channelId, event.atMs);
  }

  /** Compares what runs with the channels that Asterisk has. With `thorough` also asks each channel whose it is: after a
   *  time without connection. */
  async reconcile(running: readonly RunningCall[], thorough: boolean): Promise<void> {
    const { control } = this;
    if (control === null) return;
    for (const call of running) {
      if (this.calls.has(call.channelId)) continue;
      this.calls.set(call.channelId, followedOf(call));
      for (const leg of call.legs ?? []) this.callOfLeg.set(leg, call.channelId);
    }
    const asked = [...this.calls.values()];
    if (asked.length === 0) return;
    const channels = new Map((await control.channels()).map((channel) => [channel.id, channel]));
    if (thorough) await this.findLegs(control, channels);
    for (const call of asked) {
      if (this.calls.get(call.channelId) !== call) continue;
      const ids = [call.channelId, ...call.legs];
      if (thorough) {
        await Promise.all(ids.filter((id) => channels.has(id)).map((id) => this.watch(id)));
        call.watched = true;
      }
      for (const leg of [...call.legs]) if (!channels.has(leg)) this.dropLeg(call, leg);
      call.callerGone ||= !channels.has(call.channelId);
      if (isOver(call)) this.ended(call, this.latestEnd(call), true);
    }
  }

  /** Channels that were made for a call of ours, whether or not anybody told of them. */
  private async findLegs(control: ChannelWatch, channels: ReadonlyMap<string, LiveChannel>): Promise<void> {
    const unknown = [...channels.values()].filter(({ id }) => !this.callOfLeg.has(id));
    for (let start = 0; start < unknown.length; start += AT_ONCE) {
      await Promise.all(
        unknown.slice(start, start + AT_ONCE).map(async (channel) => {
          const callId = await control.callOf(channel.id);
          const call = callId === null || callId === channel.id ? undefined : this.calls.get(callId);
          if (call === undefined) return;
          if (channel.up) this.answered(call, channel.id, channel.createdAtMs);
          if (isWinding(channel.name)) call.winding = true;
        }),
      );
    }
  }

  private answered(call: Followed, legId: string, atMs: number): void {
    call.legs.add(legId);
    this.callOfLeg.set(legId, call.channelId);
    call.answeredAtMs ??= Math.max(atMs, call.startedAtMs);
    this.parts.onAnswered(call.channelId, legId, call.answeredAtMs);
  }

  private legEnded(legId: string, atMs: number): void {
    const call = this.calls.get(this.callOfLeg.get(legId) ?? "");
    if (call === undefined) return;
    this.dropLeg(call, legId);
    this.look(call, atMs);
  }

  private dropLeg(call: Followed, legId: string): void {
    call.legs.delete(legId);
    this.callOfLeg.delete(legId);
  }

  private look(call: Followed, atMs: number): void {
    if (!isOver(call)) return;
    if (!call.winding) {
      this.ended(call, atMs, false);
      return;
    }
    void this.lookAround(call, atMs);
  }

  /** Ends the call unless some channel of it is left under an id that nobody told. */
  private async lookAround(call: Followed, atMs: number): Promise<void> {
    try {
      const { control } = this;
      // Without a connection the next `reconcile` sees to it.
      if (control === null) return;
      const channels = new Map((await control.channels()).map((channel) => [channel.id, channel]));
      await this.findLegs(control, channels);
      for (const leg of [...call.legs]) {
        if (!channels.has(leg) || (await this.watch(leg)) === "gone") this.dropLeg(call, leg);
      }
      if (isOver(call)) this.ended(call, atMs, false);
    } catch (error) {
      this.parts.log.warn("whether a call has ended could not be asked; the next comparison tells", {
        channel: call.channelId,
        error: String(error),
      });
    }
  }

  /** It hung up before the call went on. */
  private gone(call: Followed): void {
    call.callerGone = true;
    this.look(call, this.parts.clock.nowMs());
  }

  /** @param unseen nobody told when it ended: it may have been answered at once */
  private ended(call: Followed, endedAtMs: number, unseen: boolean): void {
    if (this.calls.get(call.channelId) !== call) return;
    this.forget(call.channelId);
    const answeredAtMs = call.answeredAtMs ?? (unseen ? call.startedAtMs : null);
    this.parts.onEnded({ channelId: call.channelId, answeredAtMs, endedAtMs, unseen });
  }

  /** The latest time at which it may have ended: the dialplan bounds most calls. */
  private latestEnd({ startedAtMs, longestSeconds }: Followed): number {
    const nowMs = this.parts.clock.nowMs();
    return longestSeconds === null ? nowMs : Math.min(nowMs, startedAtMs + longestSeconds * 1_000);
  }

  private async watch(channelId: string): Promise<"watched" | "gone" | "unknown"> {
    try {
      return (await this.control?.watch(channelId)) ?? "unknown";
    } catch (error) {
      this.parts.log.warn("Asterisk could not be asked to tell of a call's end; the next comparison tells", {
        channel: channelId,
        error: String(error),
      });
      return "unknown";
    }
  }
}

function followedOf(call: RunningCall): Followed {
  return {
    channelId: call.channelId,
    startedAtMs: call.startedAtMs,
    longestSeconds: call.longestSeconds,
    answeredAtMs: call.answeredAtMs ?? null,
    legs: new Set(call.legs),
    callerGone: false,
    watched: false,
    watching: Promise.resolve(),
    winding: false,
  };
}

/** An answered call is over with its last leg, whatever its caller does next; any other with its caller. */
function isOver(call: Followed): boolean {
  return call.legs.size === 0 && (call.callerGone || call.answeredAtMs !== null);
}

/** Local channels vanish once the two ends are joined; a channel that changed places is named `<ZOMBIE>`. */
function isWinding(channelName: string): boolean {
  return channelName.startsWith("Local/") || channelName.endsWith("<ZOMBIE>");
}
