import type { After, Stop } from "./guard/ports.js";

/** Runs `tick` each `everyMs` milliseconds, counted from the end of the run before, until it is stopped. */
export function ticking(everyMs: number, tick: () => void, after: After): Stop {
  let cancel: () => void = () => undefined;
  const next = (): void => {
    cancel = after(everyMs, () => {
      tick();
      next();
    });
  };
  next();
  return afterwards(() => cancel());
}

/** A stop that has nothing to wait for. */
export function afterwards(end: () => void): Stop {
  return () => {
    end();
    return Promise.resolve();
  };
}
