import { hash, verify } from "@node-rs/argon2";
import type { PinHash } from "./guard/ports.js";

/** OWASP's second choice for Argon2id: 19 MiB, two passes, one lane; some 20 ms of a core. It is the package's default algorithm. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Who guesses must neither take the cores from the stream of events nor fill the memory. */
const AT_ONCE = 1;
const WAITING = 8;

/** Argon2id, one at a time; where too many wait, the next is told to come again. */
export function pinHash(): PinHash {
  let running = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async <T>(job: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
  // Of a PIN that nobody has: more digits than one may have.
  const nobodys = inTurn(() => hash("0000000000000", COST));
  return {
    hash: (pin) => inTurn(() => hash(pin, COST)),
    async matches(stored, pin) {
      if (waiting.length >= WAITING) return null;
      return inTurn(async () => {
        const right = await verify(stored ?? (await nobodys), pin);
        return stored !== null && right;
      });
    },
  };
}
