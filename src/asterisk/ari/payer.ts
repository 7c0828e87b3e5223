/** Names of channels that a call was forwarded or transferred by, as Asterisk's variables of the same name give them:
 *  FORWARDERNAME, TRANSFERERNAME, BLINDTRANSFER. Empty where there is none. */
export interface PayerHints {
  readonly forwarder: string;
  readonly transferer: string;
  readonly blindTransfer: string;
}

/** The endpoint that is responsible for a call: who forwarded or transferred it, else whose channel it is; null where that can't
 *  be told, such as for a Local channel. A hint that names no endpoint gives null too, never the next best: a call that
 *  was forwarded by somebody unknown is not the carrier's own. */
export function payerOf(channelName: string, hints: PayerHints): string | null {
  const name = [hints.forwarder, hints.transferer, hints.blindTransfer].find((hint) => hint !== "");
  return endpointOf(name ?? channelName);
}

/** `PJSIP/front-desk-0000001f` is of the endpoint `front-desk`. Only drivers whose channels are named after a configured endpoint
 *  count; Asterisk writes the counter with 8 hexadecimal digits. */
function endpointOf(channelName: string): string | null {
  const match = /^(?:PJSIP|SIP)\/([^\p{C}]{1,79})-[0-9a-f]{8}$/u.exec(channelName);
  const endpoint = match?.[1];
  // The dialplan writes a question mark for what separates arguments: such a name has been altered.
  return endpoint === undefined || endpoint.includes("?") ? null : endpoint;
}
