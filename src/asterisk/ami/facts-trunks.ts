import {
  formatTarget,
  networkOf,
  parseIp,
  sourceOf,
  SOURCE_BITS_V6,
  type Ip,
  type Target,
} from "../../domain/address.js";
import type { Message } from "./control-message.js";

export interface Endpoint {
  readonly name: string;
  readonly hasInboundAuth: boolean;
  /** What Asterisk may recognise it by: `ip`, `username`, … Empty where it did not say. */
  readonly identifyBy: readonly string[];
  /** Where its calls go in the dialplan. */
  readonly context: string;
  /** Its contacts hold the address that Asterisk saw, whatever the device claims. */
  readonly rewritesContact: boolean;
  /** As Asterisk prints them: `192.0.2.20/255.255.255.255`. */
  readonly matches: readonly string[];
  /** SIP URIs from the configuration, never those of devices that registered. */
  readonly permanentContacts: readonly string[];
  /** User names of its inbound passwords. */
  readonly authNames: readonly string[];
}

export interface Registration {
  /** The endpoint that it belongs to, or its own name where it names none. */
  readonly endpoint: string;
  readonly uris: readonly string[];
}

/** Where a trunk sends from. */
export interface TrunkPlaces {
  readonly endpoint: string;
  readonly targets: readonly Target[];
  /** To be resolved. */
  readonly hosts: readonly string[];
  /** What can't be protected: no address and no host name, or so wide that it would disarm the fence. */
  readonly odd: readonly string[];
}

/** Wider networks hold everyone, and who writes `match=0.0.0.0/0` did not mean to trust them. */
const WIDEST = { 4: 8, 6: 16 } as const;

/** From the events of PJSIPShowEndpoint. */
export function readEndpoint(name: string, items: readonly Message[]): Endpoint {
  const of = (event: string): readonly Message[] => items.filter((item) => item.get("event") === event);
  return {
    name,
    // An endpoint that did not answer soundly counts as a phone.
    hasInboundAuth: of("EndpointDetail").every((item) => item.get("auth") !== ""),
    identifyBy: of("EndpointDetail").flatMap((item) => split(item.get("identifyby"))),
    context: of("EndpointDetail")[0]?.get("context") ?? "",
    rewritesContact: of("EndpointDetail").some((item) => item.get("rewritecontact") === "true"),
    matches: of("IdentifyDetail").flatMap((item) => split(item.get("match"))),
    // A contact that registered has an end. Who steals a password could name any address there.
    permanentContacts: of("ContactStatusDetail")
      .filter((item) => item.get("regexpire") === "0")
      .flatMap((item) => item.get("uri") ?? []),
    authNames: of("AuthDetail").flatMap((item) => split(item.get("username"))),
  };
}

/** From an event OutboundRegistrationDetail. */
export function readRegistration(item: Message): Registration {
  const endpoint = item.get("endpoint") ?? "";
  return {
    endpoint: endpoint === "" ? (item.get("objectname") ?? "") : endpoint,
    uris: [item.get("serveruri") ?? "", item.get("outboundproxy") ?? ""].filter((uri) => uri !== ""),
  };
}

/** The trunks: endpoints that are told by their address, registered at someone, or reached at a fixed place without a password
 *  of their own. */
export function trunkPlaces(
  endpoints: readonly Pick<Endpoint, "name" | "hasInboundAuth" | "matches" | "permanentContacts">[],
  registrations: readonly Registration[],
): TrunkPlaces[] {
  const places = new Map<string, { matches: string[]; uris: string[] }>();
  const at = (name: string): { matches: string[]; uris: string[] } => {
    const place = places.get(name) ?? { matches: [], uris: [] };
    places.set(name, place);
    return place;
  };
  for (const { name, hasInboundAuth, matches, permanentContacts } of endpoints) {
    if (matches.length > 0) at(name).matches.push(...matches);
    if (!hasInboundAuth && permanentContacts.length > 0) at(name).uris.push(...permanentContacts);
    // Where the addresses of a trunk with a password are told anyway, its fixed contact is one of them.
    else if (matches.length > 0) at(name).uris.push(...permanentContacts);
  }
  for (const { endpoint, uris } of registrations) at(endpoint).uris.push(...uris);
  return [...places].map(([endpoint, { matches, uris }]) => placesOf(endpoint, matches, uris));
}

function placesOf(endpoint: string, matches: readonly string[], uris: readonly string[]): TrunkPlaces {
  const targets = new Set<Target>();
  const hosts = new Set<string>();
  const odd: string[] = [];
  for (const text of [...matches, ...uris.map((uri) => hostOfSipUri(uri) ?? uri)]) {
    const place = placeOf(text);
    if (place === null) odd.push(text);
    else if ("target" in place) targets.add(place.target);
    else hosts.add(place.host);
  }
  return { endpoint, targets: [...targets], hosts: [...hosts], odd };
}

function placeOf(text: string): { target: Target } | { host: string } | null {
  const [address = "", mask] = text.split("/");
  const ip = parseIp(address);
  if (ip !== null) {
    const bits = mask === undefined ? null : maskBits(ip, mask);
    if (mask === undefined) {
      const source = sourceOf(address);
      return source === null ? null : { target: source };
    }
    if (bits === null || bits < WIDEST[ip.family]) return null;
    const kept = ip.family === 6 ? Math.min(bits, SOURCE_BITS_V6) : bits;
    return { target: formatTarget(networkOf(ip, kept)) };
  }
  // An exception (`!192.0.2.20/…`) is no name.
  return mask === undefined && isHostName(text) ? { host: text.toLowerCase() } : null;
}

/** `24`, `255.255.255.0` or `ffff:ffff::` to the length of the prefix; null where it is none. */
function maskBits(ip: Ip, mask: string): number | null {
  const width = ip.family === 4 ? 32 : 128;
  if (/^\d{1,3}$/.test(mask)) return Number(mask) <= width ? Number(mask) : null;
  const parsed = parseIp(mask);
  if (parsed === null || parsed.family !== ip.family) return null;
  const text = parsed.value.toString(2).padStart(width, "0");
  return /^1*0*$/.test(text) ? text.lastIndexOf("1") + 1 : null;
}

/** `sip:user@host:5060;lr` and `<sip:[2001:db8::1]>` to the host. */
export function hostOfSipUri(uri: string): string | null {
  const found = /^<?sips?:(?:[^@<>]*@)?(?:\[([0-9a-f:.]+)\]|([^[\]@:;?<>\s]+))/i.exec(uri);
  return found?.[1] ?? found?.[2] ?? null;
}

function isHostName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?$/i.test(text) && !/^[\d.]+$/.test(text);
}

function split(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
