import { lookup } from "node:dns/promises";
import { sourceOf, type Target } from "../../domain/address.js";
import type { Log } from "../../guard/ports.js";
import { within } from "../deadline.js";

export interface HostNames {
  /** The sources behind a host name. Where it can't be resolved now: those it had last time. Never rejects. */
  targetsOf(host: string): Promise<readonly Target[]>;
}

const DEADLINE_MS = 2_000;

/** Resolves as Asterisk does, /etc/hosts included; both address families. */
export function hostNames(
  log: Log,
  resolve: (host: string) => Promise<readonly string[]> = addressesOf,
  deadlineMs = DEADLINE_MS,
): HostNames {
  const last = new Map<string, readonly Target[]>();
  return {
    async targetsOf(host) {
      try {
        const addresses = await within(deadlineMs, `the address of ${host}`, resolve(host));
        const targets = addresses.flatMap((address) => sourceOf(address) ?? []);
        last.set(host, targets);
      } catch (error) {
        log.warn("the name of a trunk has no address now", { host, error, kept: last.get(host) ?? [] });
      }
      return last.get(host) ?? [];
    },
  };
}

async function addressesOf(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
