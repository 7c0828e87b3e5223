import type { PayerKind } from "./verdict.js";

/** Names of channels, as Asterisk's variables give them; empty where there is none. Asterisk sets all of these by itself:
 *  no header of SIP reaches them (tried on 16 and 22). `redirecting` is the exception. */
export interface PayerHints {
  /** FORWARDERNAME: who answered with a 302, on the Local channel made for it. */
  readonly forwarder: string;
  /** TRANSFERERNAME: who transfers by keys and asks the new party first. */
  readonly transferer: string;
  /** BLINDTRANSFER and ATTENDEDTRANSFER: who last transferred this channel. */
  readonly blindTransfer: string;
  readonly attendedTransfer: string;
  /** The channel with which the whole call began (CHANNEL(linkedid)), and who last transferred that one. */
  readonly origin: string;
  readonly originTransfer: string;
  /** REDIRECTING(from-num). Whoever writes a Diversion header chooses it: it may close a way, and never open one. */
  readonly redirecting: string;
  /** The checked call by which this channel came to be, or that it made itself before (RINGFENCE_WHO, which the dialplan hands
   *  down to whom it calls); null or left out: none. */
  readonly earlier?: { readonly channelName: string; readonly hints: PayerHints } | null;
}

/** Who is responsible for a call. */
export interface Payer {
  /** The last one who sent the call on, else whose channel it is; null where that can't be told. */
  readonly endpoint: string | null;
  readonly how: PayerKind;
  /** Who must be allowed the call as well: everyone else who sent it on; null is somebody unknown. */
  readonly also: readonly (string | null)[];
}

/** Works out the endpoint that is responsible. A name that is no endpoint's is somebody unknown, never the next best: a call
 *  that was forwarded by somebody unknown is not the carrier's own. Trunks are nobody's extension.
 *  @param isTrunk of the endpoint's name */
export function payerOf(
  channelName: string,
  hints: PayerHints,
  isTrunk: (endpoint: string) => boolean,
): Payer {
  const partyOf = (name: string): string | null => {
    const endpoint = endpointOf(name);
    return endpoint === null || isTrunk(endpoint) ? null : endpoint;
  };
  const isLocal = channelName.startsWith("Local/");
  // A channel is transferred after it was made for a forward, so a transfer is the later of the two.
  const senders: [PayerKind, string][] = [
    ["transfer", hints.blindTransfer],
    ["transfer", hints.attendedTransfer],
    ["transfer", hints.transferer],
    ["forward", hints.forwarder],
  ];
  // A Local channel is made for somebody, by a dialplan, a queue or follow-me: whose call it is, its origin tells.
  if (isLocal) senders.push(["transfer", hints.originTransfer]);
  const [last, ...earlier] = senders.filter(([, name]) => name !== "");
  const also = earlier.map(([, name]) => partyOf(name));
  // Where Asterisk names the forwarder itself, this can be the number of the queue through which the call came (seen on 16).
  const unnamed = isLocal && hints.forwarder === "";
  if (unnamed && /^[\w.-]{1,40}$/.test(hints.redirecting)) also.push(hints.redirecting);
  const own = partyOf(isLocal ? hints.origin : channelName);
  // Asterisk notes a transfer at both of its ends: what stands at an origin may be whom it transferred, until it is gone.
  if (isLocal && hints.originTransfer !== "" && own !== null) {
    const other = partyOf(last?.[1] ?? "");
    if (other === null) return payer(own, "transfer", [...also, null]);
    also.push(own);
  }
  if (last !== undefined) return payer(partyOf(last[1]), last[0], also);
  const before = hints.earlier ?? null;
  if (own !== null || before === null) return payer(own, "endpoint", also);
  // Whom one of ours called goes on in the dialplan, and who called has left, having transferred it perhaps. Nobody saw who sent
  // it on: so the call is at the cost of who brought it in, and must be allowed to somebody unknown as well.
  const sender = payerOf(before.channelName, { ...before.hints, earlier: null }, isTrunk);
  return payer(sender.endpoint, "transfer", [...also, ...sender.also, null]);
}

function payer(endpoint: string | null, how: PayerKind, also: readonly (string | null)[]): Payer {
  const others = [...new Set(also)].filter((party) => party !== endpoint);
  return { endpoint, how: endpoint === null ? "unknown" : how, also: others };
}

/** `PJSIP/front-desk-0000001f` is of the endpoint `front-desk`. Only drivers whose channels are named after a configured endpoint
 *  count; Asterisk writes the counter with 8 hexadecimal digits. */
function endpointOf(channelName: string): string | null {
  const match = /^(?:PJSIP|SIP)\/([^\p{C}]{1,79})-[0-9a-f]{8}$/u.exec(channelName);
  const endpoint = match?.[1];
  // The dialplan writes a question mark for what separates arguments: such a name has been altered.
  return endpoint === undefined || endpoint.includes("?") ? null : endpoint;
}
