import { RingfenceError } from "../../domain/error.js";

/** One AMI message: header names in lower case. */
export type Message = ReadonlyMap<string, string>;

/** What Asterisk said to one action. */
export interface Answer {
  /** False where the response was `Error`; `message` then says why, in words for people. */
  readonly ok: boolean;
  readonly message: Message;
  /** The events of a list action, without the one that completes it. */
  readonly items: readonly Message[];
}

/** AMI drops what goes beyond 1024 bytes of a line, and says nothing. */
const LINE_BYTES = 1000;

/** The headers of what asterisk-manager made of a message that stand there once. It makes an array of a header that comes
 *  again, and of one called `constructor`: nobody can say which is Asterisk's, so none is. */
export function readMessage(raw: unknown): Message {
  const message = new Map<string, string>();
  if (typeof raw !== "object" || raw === null) return message;
  for (const [name, value] of Object.entries(raw)) {
    if (typeof value === "string") message.set(name, value);
  }
  return message;
}

/** Throws where a request can't be sent as it is: a line end would begin a header or an action of its own. */
export function checkRequest(action: string, fields: Readonly<Record<string, string>>): void {
  for (const [name, value] of [["Action", action], ...Object.entries(fields)] as const) {
    // eslint-disable-next-line no-control-regex -- the control characters are the point
    if (/[\x00\x0a\x0d]/.test(name + value)) {
      throw new RingfenceError(
        "config",
        `${action}: ${JSON.stringify(value.slice(0, 60))} can't be sent to Asterisk: write it without line ends and NUL`,
      );
    }
    const bytes = Buffer.byteLength(`${name}: ${value}`);
    if (bytes > LINE_BYTES) {
      throw new RingfenceError(
        "config",
        `${action}: the line ${name} has ${bytes} bytes, and Asterisk drops those over ${LINE_BYTES}: write a shorter one`,
      );
    }
  }
}
