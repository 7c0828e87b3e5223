import { sourceOf, type Source } from "../../../src/domain/address.js";
import type { SecurityEvent, SecurityEventKind } from "../../../src/domain/intrusion/security-event.js";

const KINDS: Record<string, SecurityEventKind> = {
  I: "invalid-account",
  C: "challenge-sent",
  F: "challenge-failed",
  P: "invalid-password",
  S: "success",
  A: "acl-refused",
  O: "other",
};

export const T0 = Date.UTC(2026, 10, 22);

export function source(text: string): Source {
  const found = sourceOf(text);
  if (found === null) throw new Error(`not an address: ${text}`);
  return found;
}

/** A pjsip event over UDP from 203.0.113.12, but for what is said otherwise. */
export function event(over: Partial<SecurityEvent> & { readonly address?: string } = {}): SecurityEvent {
  const address = over.address ?? "203.0.113.12";
  return {
    type: "security",
    kind: "challenge-failed",
    name: "",
    atMs: T0,
    service: "pjsip",
    account: "100",
    session: "call-1",
    port: 5060,
    transport: "udp",
    aclName: null,
    challenge: null,
    response: null,
    ...over,
    address,
    source: over.source ?? source(address),
  };
}

/** Events from a line such as `I(999) C(-) I(999) F(-,x) +40s S(100)`: a letter for the kind, the account (`-`: none), the
 *  response of an answer, and pauses. Events follow each other at 1 ms. `A` takes an ACL name in the response's place. */
export function script(line: string, over: Partial<SecurityEvent> = {}): SecurityEvent[] {
  let atMs = over.atMs ?? T0;
  const events: SecurityEvent[] = [];
  for (const word of line.split(" ").filter((text) => text !== "")) {
    const pause = /^\+(\d+)s$/.exec(word);
    if (pause !== null) {
      atMs += Number(pause[1]) * 1000;
      continue;
    }
    const match = /^([A-Z])\(([^,)]*)(?:,([^)]*))?\)$/.exec(word);
    const kind = KINDS[match?.[1] ?? ""];
    if (match === null || kind === undefined) throw new Error(`not an event: ${word}`);
    const [, , account, extra] = match;
    const answer =
      extra !== undefined && kind !== "acl-refused" ? { challenge: "nonce", response: extra } : {};
    const acl = kind === "acl-refused" ? { aclName: extra ?? "not_match_endpoint_acl" } : {};
    events.push(
      event({
        ...over,
        atMs: atMs++,
        kind,
        account: account === "-" ? null : (account ?? ""),
        ...answer,
        ...acl,
      }),
    );
  }
  return events;
}
