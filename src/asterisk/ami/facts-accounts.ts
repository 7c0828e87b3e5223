import type { AsteriskAccount } from "../../guard/ports.js";
import type { Message } from "./control-message.js";
import type { Endpoint } from "./facts-trunks.js";

/** The names that devices sign in with. PJSIP reports a try under the endpoint's name where the From user names one, else under
 *  the From user, and never under the user name of the password (seen on 16 and 22). `peers` are the events PeerEntry of SIPpeers and
 *  IAXpeerlist. They leave out `type=user`, which with chan_sip can call and not register, and the peers of chan_sip that live in a
 *  database and are not in use. */
export function accountsOf(
  endpoints: readonly Pick<Endpoint, "name" | "authNames">[],
  peers: readonly Message[],
): AsteriskAccount[] {
  const authNames = new Map<string, ReadonlySet<string>>();
  for (const endpoint of endpoints) {
    authNames.set(endpoint.name, new Set(endpoint.authNames.filter((each) => each !== endpoint.name)));
  }
  for (const peer of peers) {
    const name = peer.get("objectname") ?? "";
    if (name !== "" && !authNames.has(name)) authNames.set(name, new Set());
  }
  return [...authNames]
    .map(([name, others]) => ({ name, authNames: [...others].sort() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
