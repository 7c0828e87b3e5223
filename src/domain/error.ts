/** The few ways in which the world can be broken; mapped to HTTP and exit status in one place each. */
export type ErrorCode =
  "config" | "asterisk-unreachable" | "asterisk-refused" | "firewall" | "store" | "busy" | "internal";

/** A broken world: thrown, never used for an expected refusal. */
export class RingfenceError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = "RingfenceError";
  }
}
