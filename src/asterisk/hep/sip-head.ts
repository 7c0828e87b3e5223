import { isUtf8 } from "node:buffer";

/** What is needed of a SIP message's head, and nothing else: the rest is people's private text. Texts are bytes, one a letter
 *  (latin1), since senders write what they like; `textOf` makes words of them. */
export interface SipHead {
  /** In capitals as sent; null in a response. */
  readonly method: string | null;
  /** 100 to 699; null in a request. */
  readonly status: number | null;
  readonly callId: string;
  /** The method that CSeq names: of a response, the one it answers. */
  readonly cseqMethod: string;
  readonly cseq: string;
  readonly fromUser: string | null;
  readonly userAgent: string | null;
  /** As the topmost Via claims: `UDP`, `TLS`. */
  readonly viaTransport: string | null;
  /** Where the request came from, as Asterisk writes into the topmost Via of its answer; null where it does not. In a request it
   *  is the sender's claim. */
  readonly received: string | null;
  /** The headers Authorization of a request, in order. Asterisk reads no Proxy-Authorization. */
  readonly answers: readonly DigestAnswer[];
  /** WWW-Authenticate and Proxy-Authenticate of a response. */
  readonly challenges: readonly DigestChallenge[];
}

export interface DigestAnswer {
  /** As it was written: Asterisk tells of nonce and response only where it is exactly `Digest`. */
  readonly scheme: string;
  readonly username: string;
  readonly nonce: string;
  readonly response: string;
}

export interface DigestChallenge {
  readonly nonce: string;
  readonly stale: boolean;
}

interface Draft {
  callId: string | null;
  cseq: string | null;
  from: string | null;
  userAgent: string | null;
  via: string | null;
  readonly answers: DigestAnswer[];
  readonly challenges: DigestChallenge[];
}

/** More than any honest message has; PJSIP looks at all of them. */
const ANSWERS_READ = 16;
const STATUS_LINE = /^SIP\/2\.0[ \t]+([1-6][0-9]{2})(?:[ \t]|$)/i;
const REQUEST_LINE = /^([^\s]{1,64})[ \t]+[^\s]+[ \t]+SIP\/2\.0[ \t]*$/i;

/** Reads the head of a SIP message; null where it is none, or has no Call-ID or CSeq. Never throws, in time linear in its length.
 *  Reads as PJSIP does: a line ends with CR, LF or both, the first of a repeated header counts. */
export function readSipHead(payload: Uint8Array): SipHead | null {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("latin1");
  const lines = new Lines(text);
  const first = lines.next();
  if (first === null) return null;
  const status = STATUS_LINE.exec(first)?.[1];
  const method = status === undefined ? REQUEST_LINE.exec(first)?.[1] : undefined;
  if (status === undefined && method === undefined) return null;
  const draft: Draft = {
    callId: null,
    cseq: null,
    from: null,
    userAgent: null,
    via: null,
    answers: [],
    challenges: [],
  };
  for (let line = lines.next(); line !== null; line = lines.next()) readHeader(draft, line);
  const cseq = /^([0-9]{1,10})[ \t]+(\S{1,64})$/.exec(draft.cseq ?? "");
  if (draft.callId === null || draft.callId === "" || cseq === null) return null;
  return {
    method: method ?? null,
    status: status === undefined ? null : Number(status),
    callId: draft.callId,
    cseq: cseq[1] ?? "",
    cseqMethod: cseq[2] ?? "",
    fromUser: draft.from === null ? null : userOf(draft.from),
    userAgent: draft.userAgent === "" ? null : draft.userAgent,
    viaTransport: /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*([A-Za-z]{2,8})\b/i.exec(draft.via ?? "")?.[1] ?? null,
    received: /;received=([0-9a-fA-F:.]{2,45})(?:[;,\s]|$)/.exec(draft.via ?? "")?.[1] ?? null,
    answers: draft.answers,
    challenges: draft.challenges,
  };
}

/** The words that a sender's bytes are: UTF-8 where they are that, else one letter a byte; at most `limit` UTF-16 units. */
export function textOf(bytes: string, limit: number): string {
  const buffer = Buffer.from(bytes, "latin1");
  return (isUtf8(buffer) ? buffer.toString("utf8") : bytes).slice(0, limit);
}

/** Logical lines of the head: continuations joined, ending at the empty line. */
class Lines {
  private at = 0;

  constructor(private readonly text: string) {
    // Keep-alives may stand ahead of a message.
    while (this.at < text.length && isBreak(text.charCodeAt(this.at))) this.at++;
  }

  next(): string | null {
    const line = this.physical();
    if (line === null || line === "") return null;
    const first = this.text.charCodeAt(this.at);
    if (first !== 0x20 && first !== 0x09) return line;
    const parts = [line];
    while (this.at < this.text.length && isBlank(this.text.charCodeAt(this.at))) {
      parts.push((this.physical() ?? "").trim());
    }
    return parts.join(" ");
  }

  private physical(): string | null {
    if (this.at >= this.text.length) return null;
    const start = this.at;
    while (this.at < this.text.length && !isBreak(this.text.charCodeAt(this.at))) this.at++;
    const line = this.text.slice(start, this.at);
    if (this.text.charCodeAt(this.at) === 0x0d) this.at++;
    if (this.text.charCodeAt(this.at) === 0x0a) this.at++;
    return line;
  }
}

function readHeader(draft: Draft, line: string): void {
  const colon = line.indexOf(":");
  if (colon < 1 || colon > 40) return;
  const value = (): string => line.slice(colon + 1).trim();
  switch (line.slice(0, colon).trimEnd().toLowerCase()) {
    case "i":
    case "call-id":
      draft.callId ??= value();
      return;
    case "cseq":
      draft.cseq ??= value();
      return;
    case "f":
    case "from":
      draft.from ??= value();
      return;
    case "user-agent":
      draft.userAgent ??= value();
      return;
    case "v":
    case "via":
      draft.via ??= value();
      return;
    case "authorization":
      if (draft.answers.length < ANSWERS_READ) draft.answers.push(answerIn(value()));
      return;
    case "www-authenticate":
    case "proxy-authenticate":
      if (draft.challenges.length < ANSWERS_READ) draft.challenges.push(challengeIn(value()));
      return;
  }
}

function answerIn(value: string): DigestAnswer {
  const { scheme, fields } = digestFields(value);
  const field = (name: string): string => fields.get(name) ?? "";
  return { scheme, username: field("username"), nonce: field("nonce"), response: field("response") };
}

function challengeIn(value: string): DigestChallenge {
  const { fields } = digestFields(value);
  return { nonce: fields.get("nonce") ?? "", stale: fields.get("stale")?.toLowerCase() === "true" };
}

/** `Digest name=token, name="quoted"`: names in small letters, quoted text as it stands between the quotes (PJSIP leaves
 *  escapes alone), the last of a repeated name. No fields where the scheme is another. */
function digestFields(value: string): { scheme: string; fields: ReadonlyMap<string, string> } {
  const scheme = /^[^\s,="]{1,32}/.exec(value)?.[0] ?? "";
  const fields = new Map<string, string>();
  if (scheme.toLowerCase() !== "digest") return { scheme, fields };
  const field = /[\s,]*([A-Za-z0-9_-]{1,32})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]*))/gsy;
  field.lastIndex = scheme.length;
  for (let match = field.exec(value); match !== null; match = field.exec(value)) {
    fields.set((match[1] ?? "").toLowerCase(), match[2] ?? match[3] ?? "");
  }
  return { scheme, fields };
}

/** The user of a From's address, escapes (`%41`) decoded as PJSIP does; null where it has none. */
function userOf(from: string): string | null {
  const behindName = from.replace(/^"(?:[^"\\]|\\.)*"/s, "");
  const address = behindName.slice(behindName.indexOf("<") + 1);
  const user = /^\s*sips?:([^@;>]*)@/i.exec(address)?.[1];
  // A password may follow the user.
  const name = user?.split(":", 1)[0] ?? "";
  if (name === "") return null;
  return name.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
