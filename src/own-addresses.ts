import { networkInterfaces } from "node:os";
import { sourceOf, type Source } from "./domain/address.js";
import type { Stop } from "./guard/ports.js";

const LOOK_EVERY_MS = 10_000;

/** Tells the addresses that this machine answers to, loopback among them, at once and after each change. */
export function watchOwnAddresses(tell: (own: readonly Source[]) => void): Stop {
  let last = "";
  const look = (): void => {
    const own = ownAddresses();
    if (own.join() === last) return;
    last = own.join();
    tell(own);
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    return Promise.resolve();
  };
}

/** A link-local address of IPv6 stands for its /64, which is the link itself. */
function ownAddresses(): readonly Source[] {
  const own = new Set<Source>();
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address } of addresses ?? []) {
      const source = sourceOf(address.replace(/%.*$/, ""));
      if (source !== null) own.add(source);
    }
  }
  return [...own].sort();
}
