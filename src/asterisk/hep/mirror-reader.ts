import type { Source } from "../../domain/address.js";
import type { Transport } from "../../domain/intrusion/security-event.js";
import type { Sighting } from "../../domain/intrusion/sighting.js";
import { BlindSpot, type BlindGuess } from "./blind-spot.js";
import { hostOf, hostReader, type MirroredHost } from "./hosts.js";
import { parseHep, type HepFault, type HepPacket } from "./packet.js";
import { readSipHead, textOf, type SipHead } from "./sip-head.js";

/** What one packet tells. */
export interface Mirrored {
  readonly atMs: number;
  readonly sightings: readonly Sighting[];
  /** A failure, or a request without a password, of which AMI says nothing. */
  readonly guess: BlindGuess | null;
}

const UDP = 17;
const SESSION_LENGTH = 256;
const ACCOUNT_LENGTH = 64;
const METHOD_LENGTH = 32;
const USER_AGENT_LENGTH = 128;
const NONCE_LENGTH = 256;
const NONCES_TOLD = 8;
const STREAMS = new Map<string, Transport>([
  ["TLS", "tls"],
  ["WS", "ws"],
  ["WSS", "wss"],
]);

/** Makes sightings of mirrored packets, one reader for a stream of them. Of a message nothing is kept but what they say. */
export class MirrorReader {
  private readonly hosts = hostReader();
  private readonly blindSpot = new BlindSpot();
  private own: ReadonlySet<Source> = new Set();

  /** The addresses of this machine: what Asterisk asks others is no sighting. */
  useOwn(sources: readonly Source[]): void {
    this.own = new Set(sources);
  }

  read(bytes: Uint8Array): Mirrored | HepFault | "not-sip" {
    const packet = parseHep(bytes);
    if (typeof packet === "string") return packet;
    const head = readSipHead(packet.payload);
    const from = this.hosts(packet.from);
    const to = this.hosts(packet.to);
    if (head === null || from === null || to === null) return "not-sip";
    return head.status === null
      ? this.request(packet, head, from, to)
      : this.response(packet, head, from, to);
  }

  private request(packet: HepPacket, head: SipHead, from: MirroredHost, to: MirroredHost): Mirrored {
    const { atMs } = packet;
    if (this.own.has(from.source) && !this.own.has(to.source)) return nothing(atMs);
    const [first, ...others] = head.answers.slice(0, NONCES_TOLD);
    // Asterisk knows its endpoints by the user of From, unless it is told otherwise.
    const account = head.fromUser ?? (first === undefined || first.username === "" ? null : first.username);
    const asked = {
      port: packet.fromPort,
      transport: transportOf(packet, head),
      session: textOf(head.callId, SESSION_LENGTH),
      account: account === null ? null : textOf(account, ACCOUNT_LENGTH),
    };
    this.blindSpot.request(head, { ...asked, host: from });
    const sighting: Sighting = {
      type: "request",
      atMs,
      source: from.source,
      ...asked,
      method: textOf(head.method ?? "", METHOD_LENGTH),
      userAgent: head.userAgent === null ? null : textOf(head.userAgent, USER_AGENT_LENGTH),
      nonce: first === undefined ? null : textOf(first.nonce, NONCE_LENGTH),
      otherNonces: others.map(({ nonce }) => textOf(nonce, NONCE_LENGTH)),
    };
    return { atMs, sightings: [sighting], guess: null };
  }

  private response(packet: HepPacket, head: SipHead, from: MirroredHost, to: MirroredHost): Mirrored {
    const { atMs } = packet;
    const status = head.status ?? 0;
    if (status < 200 || (this.own.has(to.source) && !this.own.has(from.source))) return nothing(atMs);
    // A Via with maddr makes Asterisk answer to another address than it was asked from, and say so.
    const asker = hostOf(head.received ?? "") ?? to;
    const guess = this.blindSpot.response(head, asker, atMs);
    if ((status === 401 || status === 407) && head.challenges.length > 0) {
      const sightings = head.challenges.slice(0, NONCES_TOLD).map(({ nonce }): Sighting => ({
        type: "challenge",
        atMs,
        source: to.source,
        nonce: textOf(nonce, NONCE_LENGTH),
      }));
      return { atMs, sightings, guess };
    }
    const sighting: Sighting = {
      type: "answer",
      atMs,
      source: asker.source,
      method: textOf(head.cseqMethod, METHOD_LENGTH),
      session: textOf(head.callId, SESSION_LENGTH),
      status,
    };
    return { atMs, sightings: [sighting], guess };
  }
}

function nothing(atMs: number): Mirrored {
  return { atMs, sightings: [], guess: null };
}

/** HEP tells UDP from the rest; which of the rest it is, the sender says in Via. */
function transportOf(packet: HepPacket, head: SipHead): Transport {
  if (packet.protocol === UDP) return "udp";
  return STREAMS.get(head.viaTransport?.toUpperCase() ?? "") ?? "tcp";
}
