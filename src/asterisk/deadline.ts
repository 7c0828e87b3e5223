import { RingfenceError } from "../domain/error.js";

/** The promise's own outcome, or a RingfenceError after `ms`. What it stands for goes on; only the wait ends. */
export async function within<T>(ms: number, what: string, promise: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new RingfenceError("asterisk-unreachable", `${what}: no answer in ${Math.ceil(ms)} ms`));
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
