import { RingfenceError } from "../../domain/error.js";
import type { AsteriskFacts, Log, Trunk } from "../../guard/ports.js";
import { BAN_MARK_ENDPOINT } from "../acl/ban-text.js";
import { EDITION_ENDPOINT } from "../acl/names.js";
import type { Ask } from "./control.js";
import type { Message } from "./control-message.js";
import type { HostNames } from "./facts-hosts.js";
import { accountsOf } from "./facts-accounts.js";
import { dangersOf, openEndpoints } from "./facts-dangers.js";
import { readEndpoint, readRegistration, trunkPlaces, type Endpoint } from "./facts-trunks.js";

/** Requests under way at a time. Asterisk works on them one by one; this only hides the way there and back. */
const AT_ONCE = 8;
/** IAXpeers, the better known, leaves the ActionID out of its items, so that nobody can tell whose they are (seen on 16 and 22). */
const PEER_LISTS = ["SIPpeers", "IAXpeerlist"] as const;

/** What Asterisk says of itself. An Asterisk without PJSIP has no endpoints and no trunks. */
export async function readFacts(ask: Ask, names: HostNames, log: Log): Promise<AsteriskFacts> {
  const actions = await availableActions(ask);
  const version = versionOf((await ask("CoreSettings")).message.get("asteriskversion") ?? "");
  const endpoints = await list(ask, actions, "PJSIPShowEndpoints", "EndpointList");
  const registrations = await list(
    ask,
    actions,
    "PJSIPShowRegistrationsOutbound",
    "OutboundRegistrationDetail",
  );
  const called = endpoints
    .flatMap((item) => item.get("objectname") ?? [])
    .filter((name) => name !== EDITION_ENDPOINT && name !== BAN_MARK_ENDPOINT);
  const described = await details(ask, called);
  const places = trunkPlaces(described, registrations.map(readRegistration));
  const peers = await Promise.all(PEER_LISTS.map((action) => list(ask, actions, action, "PeerEntry")));
  const trunks: Trunk[] = [];
  for (const { endpoint, targets, hosts, odd } of places) {
    if (odd.length > 0) log.warn("a trunk's address is not protected: it can't be read", { endpoint, odd });
    const resolved = await Promise.all(hosts.map((host) => names.targetsOf(host)));
    trunks.push({ endpoint, targets: [...new Set([...targets, ...resolved.flat()])].sort() });
  }
  // Asterisk's own order changes from one answer to the next.
  trunks.sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
  return {
    version,
    endpoints: [...called].sort(),
    accounts: accountsOf(described, peers.flat()),
    trunks,
    rewriting: described.flatMap((each) => (each.hasInboundAuth && each.rewritesContact ? each.name : [])),
    dangers: [...openEndpoints(described), ...(await dangersOf(ask, actions))],
  };
}

/** The actions that Asterisk has and this user may use, in lower case. An error says the same of an action that is missing, of
 *  one that is not allowed and of a list that is empty; this tells them apart. */
export async function availableActions(ask: Ask): Promise<ReadonlySet<string>> {
  const actions = new Set((await ask("ListCommands")).message.keys());
  if (!actions.has("dbput")) {
    throw new RingfenceError(
      "asterisk-refused",
      "the AMI user may not do what Ringfence needs: give it write = system in manager.conf",
    );
  }
  return actions;
}

async function list(
  ask: Ask,
  actions: ReadonlySet<string>,
  action: string,
  event: string,
): Promise<readonly Message[]> {
  if (!actions.has(action.toLowerCase())) return [];
  // No success: none there.
  return (await ask(action)).items.filter((item) => item.get("event") === event);
}

async function details(ask: Ask, names: readonly string[]): Promise<Endpoint[]> {
  const found: Endpoint[] = [];
  const rest = names.entries();
  const work = async (): Promise<void> => {
    for (const [place, name] of rest) {
      const answer = await ask("PJSIPShowEndpoint", { Endpoint: name });
      found[place] = readEndpoint(name, answer.items);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

/** `22.10.1+dfsg…` and `certified/18.9-cert5` to 22.10.1 and 18.9. */
function versionOf(text: string): string {
  const found = /\d+(\.\d+)*/.exec(text);
  if (found === null)
    throw new RingfenceError("asterisk-refused", "AMI did not say which version Asterisk is");
  return found[0];
}
