import type { Source } from "../address.js";
import type { Transport } from "./security-event.js";

/** What the mirror (HEP) showed of one SIP message. Texts are the sender's: hostile, and cut to sane lengths. Of a mirrored
 *  message nothing else leaves the adapter: it holds people's private text.
 *  `atMs` is Asterisk's clock when it saw the message, Unix milliseconds. */
export type Sighting =
  /** Asterisk sent `source` a 401 or 407 with this nonce. */
  | {
      readonly type: "challenge";
      readonly atMs: number;
      readonly source: Source;
      readonly nonce: string;
    }
  /** A request came from `source`. `session` is its Call-ID. */
  | {
      readonly type: "request";
      readonly atMs: number;
      readonly source: Source;
      readonly port: number;
      readonly transport: Transport;
      readonly method: string;
      readonly session: string;
      /** The user name in its Authorization, else the user of its From; null where it has neither. */
      readonly account: string | null;
      readonly userAgent: string | null;
      /** The one that it answers, or says it answers; null where it answers none. */
      readonly nonce: string | null;
      /** Of further answers in the same request. Asterisk checks every one whose realm is its own, and names in its event the
       *  nonce of the first, whatever that is. */
      readonly otherNonces: readonly string[];
    }
  /** Asterisk's final answer to a request from `source` (2xx to 6xx, not a challenge): says whether a try got in. */
  | {
      readonly type: "answer";
      readonly atMs: number;
      readonly source: Source;
      readonly method: string;
      readonly session: string;
      readonly status: number;
    };
