import { randomInt } from "node:crypto";
import type { Fence } from "./fence.js";
import { Pins } from "./guard/pins.js";
import { Portal, type PortalParts } from "./guard/portal.js";
import type { AccessServices } from "./http/services.js";
import { pinHash } from "./pin-hash.js";
import type { Database } from "./sqlite/database.js";
import { pinStore } from "./sqlite/pin-store.js";

export interface PortalWiring extends Pick<PortalParts, "firewall" | "settings" | "clock" | "log"> {
  readonly access: Pick<AccessServices, "failed">;
  readonly db: Database;
  readonly fence: Fence;
  readonly callsPausedUntilMs: PortalParts["callsPausedUntilMs"];
}

/** The page for people who are locked out, and their PINs. */
export function buildPortal({ db, fence, access, ...parts }: PortalWiring): { portal: Portal; pins: Pins } {
  const { bans, blocks, locks, known, accounts, registrations, intrusion, trunks, standingOf } = fence;
  const store = pinStore(db);
  const hash = pinHash();
  const portal = new Portal({
    ...parts,
    bans,
    blocks,
    locks,
    known,
    accounts,
    refusedByList: (of) => registrations.refusedLately(of),
    lastHeardMs: (source) => intrusion.describe(source).last?.atMs ?? null,
    store,
    hash,
    // Of a place where phones work nobody is shut out for a PIN, and who is shut out already is heard no more.
    onGuess: (source) => {
      if (standingOf(source) === "stranger" && !bans.isShutOut(source))
        access.failed({ source, user: null, secure: false, port: null });
    },
  });
  const endpoints = () => trunks.endpoints();
  const { clock, log } = parts;
  return { portal, pins: new Pins({ store, hash, randomBelow: randomInt, endpoints, clock, log }) };
}
