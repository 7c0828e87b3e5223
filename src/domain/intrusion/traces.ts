import { roomier, widened } from "../columns.js";
import type { Attempt, AttemptKind } from "./attempt.js";
import type { Service, Transport } from "./security-event.js";
import { StampLists, type StampPool } from "./stamps.js";
import { KINDS } from "./tried-names.js";

export const SERVICES: readonly Service[] = ["pjsip", "sip", "iax2", "ami", "http", "other", "web"];
export const TRANSPORTS: readonly Transport[] = ["udp", "tcp", "tls", "ws", "wss", "unknown"];
const PORTS_KEPT = 32;
const ACL_NAMES_KEPT = 20;
const NAMELESS = 0x80;

/** How suspects came, by their numbers, since their windows last stood empty: what tells people about them, and counts for nothing. */
export class Traces {
  private ports = new Uint16Array(64);
  private services = new Uint8Array(64);
  private transports = new Uint8Array(64);
  /** Kind of the last attempt, counted from 1, and whether it named no account. */
  private lastKinds = new Uint8Array(64);
  private readonly otherPorts: StampLists;
  /** The ACLs that refused them; few have any. */
  private readonly aclNames = new Map<number, string[]>();

  constructor(pool: StampPool) {
    this.otherPorts = new StampLists(pool);
  }

  /** Makes room for a suspect of this number. */
  provide(suspect: number): void {
    if (suspect < this.ports.length) return;
    const size = Math.max(suspect + 1, roomier(this.ports.length));
    this.ports = widened(this.ports, new Uint16Array(size));
    this.services = widened(this.services, new Uint8Array(size));
    this.transports = widened(this.transports, new Uint8Array(size));
    this.lastKinds = widened(this.lastKinds, new Uint8Array(size));
  }

  /** What an attempt shows beside its way. */
  note(suspect: number, { port, aclName, kind, account }: Attempt): void {
    if (port !== null) this.notePort(suspect, port);
    if (aclName !== null) this.noteAcl(suspect, aclName);
    this.lastKinds[suspect] = (KINDS.indexOf(kind) + 1) | (account === null ? NAMELESS : 0);
  }

  noteWay(suspect: number, service: Service, transport: Transport): void {
    this.services[suspect] = (this.services[suspect] ?? 0) | (1 << SERVICES.indexOf(service));
    this.transports[suspect] = (this.transports[suspect] ?? 0) | (1 << TRANSPORTS.indexOf(transport));
  }

  /** Different ports that it sent from, up to 32; null where no event told one. */
  portsOf(suspect: number): number | null {
    return this.ports[suspect] === 0 ? null : 1 + this.otherPorts.sizeOf(suspect);
  }

  aclNamesOf(suspect: number): readonly string[] {
    return this.aclNames.get(suspect) ?? [];
  }

  servicesOf(suspect: number): Service[] {
    return SERVICES.filter((_, bit) => ((this.services[suspect] ?? 0) & (1 << bit)) !== 0);
  }

  transportsOf(suspect: number): Transport[] {
    return TRANSPORTS.filter((_, bit) => ((this.transports[suspect] ?? 0) & (1 << bit)) !== 0);
  }

  lastKind(suspect: number): AttemptKind | null {
    return KINDS[((this.lastKinds[suspect] ?? 0) & ~NAMELESS) - 1] ?? null;
  }

  /** Whether its last attempt named an account. */
  wasNamed(suspect: number): boolean {
    return ((this.lastKinds[suspect] ?? 0) & NAMELESS) === 0;
  }

  /** Forgets all but what its last attempt was. */
  wipeToLast(suspect: number): void {
    this.otherPorts.clear(suspect);
    this.aclNames.delete(suspect);
    this.ports[suspect] = this.services[suspect] = this.transports[suspect] = 0;
  }

  wipe(suspect: number): void {
    this.wipeToLast(suspect);
    this.lastKinds[suspect] = 0;
  }

  private notePort(suspect: number, port: number): void {
    const first = this.ports[suspect] ?? 0;
    if (first === 0) this.ports[suspect] = port;
    else if (first !== port) this.otherPorts.include(suspect, port, PORTS_KEPT - 1);
  }

  private noteAcl(suspect: number, name: string): void {
    const names = this.aclNames.get(suspect);
    if (names === undefined) this.aclNames.set(suspect, [name]);
    else if (names.length < ACL_NAMES_KEPT && !names.includes(name)) names.push(name);
  }
}
