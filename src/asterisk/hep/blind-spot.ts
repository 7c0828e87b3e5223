import { isUtf8 } from "node:buffer";
import type { SecurityEvent, Transport } from "../../domain/intrusion/security-event.js";
import type { MirroredHost } from "./hosts.js";
import { textOf, type DigestAnswer, type SipHead } from "./sip-head.js";

/** The request, as far as it says who asks. `session` and `account` are cut already. */
export interface Asked {
  readonly host: MirroredHost;
  readonly port: number;
  readonly transport: Transport;
  readonly session: string;
  readonly account: string | null;
}

export interface BlindGuess {
  /** A `challenge-failed`, or a `challenge-sent` where somebody asked and showed no password at all. */
  readonly event: SecurityEvent;
  /** Had the account been no endpoint's, AMI would have told so by InvalidAccountID, and the guess would be known. */
  readonly namesStrangers: boolean;
}

/** Of what Asterisk prints of a request (res_pjsip's security_events.c): bytes, the buffers' end not counted. */
const ACCOUNT_BYTES = 36;
const CHALLENGE_BYTES = 63;
const RESPONSE_BYTES = 255;
const TEXT_LIMIT = 256;
const WAITING_KEPT = 4_096;
const ASTERISKS_NONCE = /^[0-9]{1,10}\/[0-9a-f]{32}$/;

/** Requests of which Asterisk raises no security event. It prints events as JSON, which takes UTF-8 only: with a Call-ID that
 *  is none there is no event at all, neither of a guess nor of a scan that answers no challenge; with such a nonce or response in
 *  the first Authorization there is none of the failure. Nothing is told here of what AMI tells. */
export class BlindSpot {
  private readonly waiting = new Map<string, Waiting>();

  request(head: SipHead, asked: Asked): void {
    const [first] = head.answers;
    if (!isSilent(head.callId, first)) return;
    const answer = head.answers.find(({ nonce }) => ASTERISKS_NONCE.test(nonce)) ?? first ?? null;
    // One that Asterisk never answers, as it does with no more than a few, makes room for the next.
    const [oldest] = this.waiting.keys();
    if (this.waiting.size >= WAITING_KEPT && oldest !== undefined) this.waiting.delete(oldest);
    const namesStrangers = isText(head.callId) && isText((head.fromUser ?? "").slice(0, ACCOUNT_BYTES));
    this.waiting.set(keyOf(head, asked.host), { asked, answer, namesStrangers });
  }

  /** The failure that this answer to `host` is, if it is one of which AMI says nothing. */
  response(head: SipHead, host: MirroredHost, atMs: number): BlindGuess | null {
    if (head.status === null || head.status < 200 || this.waiting.size === 0) return null;
    const key = keyOf(head, host);
    const waited = this.waiting.get(key);
    if (waited === undefined) return null;
    this.waiting.delete(key);
    const refused = (head.status === 401 || head.status === 407) && head.challenges.length > 0;
    // `stale` says that the password was right.
    if (!refused || head.challenges.some(({ stale }) => stale)) return null;
    const { asked, answer, namesStrangers } = waited;
    const event: SecurityEvent = {
      type: "security",
      kind: answer === null ? "challenge-sent" : "challenge-failed",
      name: answer === null ? "HEP ChallengeSent" : "HEP ChallengeResponseFailed",
      atMs,
      service: "pjsip",
      account: asked.account,
      session: asked.session,
      source: asked.host.source,
      address: asked.host.address,
      port: asked.port,
      transport: asked.transport,
      aclName: null,
      challenge: answer === null ? null : textOrNull(answer.nonce),
      response: answer === null ? null : textOrNull(answer.response),
    };
    return { event, namesStrangers };
  }
}

interface Waiting {
  readonly asked: Asked;
  readonly answer: DigestAnswer | null;
  readonly namesStrangers: boolean;
}

function isSilent(callId: string, first: DigestAnswer | undefined): boolean {
  if (!isText(callId)) return true;
  // Of another way to write it Asterisk prints neither.
  if (first?.scheme !== "Digest") return false;
  return !isText(first.nonce.slice(0, CHALLENGE_BYTES)) || !isText(first.response.slice(0, RESPONSE_BYTES));
}

function isText(bytes: string): boolean {
  return isUtf8(Buffer.from(bytes, "latin1"));
}

function keyOf(head: SipHead, host: MirroredHost): string {
  return `${host.address} ${head.cseq} ${head.cseqMethod} ${head.callId.slice(0, 512)}`;
}

function textOrNull(bytes: string): string | null {
  return bytes === "" ? null : textOf(bytes, TEXT_LIMIT);
}
