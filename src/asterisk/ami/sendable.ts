import { RingfenceError } from "../../domain/error.js";

/** Asterisk discards a whole action with a line longer than this, and its refusal can lack the ActionID. */
const LINE_BYTES = 1000;

/** Throws where `value` can't stand in an AMI line of the field `name`. A line break would let whoever chose the value write lines of an
 *  action of their own; a NUL ends the text in Asterisk. */
export function sendable(name: string, value: string): void {
  if (/[\r\n\0]/.test(value) || /[\r\n\0:]/.test(name)) {
    throw new RingfenceError(
      "asterisk-refused",
      `AMI: "${name.replace(/[^\w-]/g, "?")}" holds a line break or NUL, which can't be sent`,
    );
  }
  const bytes = Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
  if (bytes > LINE_BYTES) {
    throw new RingfenceError(
      "asterisk-refused",
      `AMI: "${name}" is ${bytes} bytes long; Asterisk takes lines of up to ${LINE_BYTES}`,
    );
  }
}
