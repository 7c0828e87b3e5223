import type { Evidence } from "../../domain/intrusion/security-event.js";
import { parseEventTime } from "./event-time.js";
import { isEvidence, type AmiItem } from "./items.js";
import type { Remote } from "./remote-address.js";

/** Bytes that can pass between the start of an AMI login's event and its end: Asterisk takes HTTP lines of 4,096. */
const WINDOW = 8 * 1024;
const SESSION_TV = "\r\nSessionTV: ";
const REMOTE = "RemoteAddress: ";
const TV_LENGTH = "1970-01-01T00:00:00.000+0000".length;

/** Guards against the one sender whose text has no bounds. With `webenabled = yes` in manager.conf, AMI takes logins over HTTP,
 *  and decodes CR LF in the user name: whole events, complete in every line, fit into the AccountID of one
 *  InvalidAccountID. Nothing in them gives them away but what comes last: Asterisk's own RemoteAddress and SessionTV, which
 *  for a session over HTTP is the start of 1970. So what follows a failed AMI login waits for 8 KB or for quiet, whichever
 *  is first. If an event that ends in such a SessionTV comes meanwhile, all evidence since then may be the work of that
 *  event's sender, and is dropped; only logins that failed from the sender's own address stand. */
export class HttpLoginDoor {
  private waiting: AmiItem[] | null = null;
  private bytes = 0;

  constructor(private readonly onItem: (item: AmiItem) => void) {}

  get isOpen(): boolean {
    return this.waiting !== null;
  }

  /** A login to AMI failed: what comes now may be its sender's. */
  open(): void {
    this.waiting ??= [];
    this.bytes = 0;
  }

  pass(item: AmiItem): void {
    if (this.waiting === null) this.onItem(item);
    else this.waiting.push(item);
  }

  /** A message of `bytes` bytes has been read. */
  grow(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > WINDOW) this.close();
  }

  /** A session over HTTP from `sender` stood at the end of a message. */
  reveal(sender: Remote | null): void {
    this.waiting = (this.waiting ?? []).filter((item) => !isEvidence(item) || isLoginOf(item, sender));
  }

  close(): void {
    const items = this.waiting ?? [];
    this.waiting = null;
    items.forEach((item) => this.onItem(item));
  }
}

export function isFailedAmiLogin(evidence: Evidence): boolean {
  return evidence.service === "ami" && (evidence.type === "forged" || evidence.name === "InvalidAccountID");
}

/** Who was at the other end, where a message ends as that of a failed AMI login over HTTP does; null where that can't be
 *  read, undefined where it does not end so. */
export function httpSessionSender(
  text: string,
  remoteOf: (text: string) => Remote | null,
): Remote | null | undefined {
  const at = text.length - TV_LENGTH;
  if (!text.startsWith(SESSION_TV, at - SESSION_TV.length) || parseEventTime(text.slice(at)) !== 0)
    return undefined;
  const [session, local, remote] = text
    .slice(0, at - SESSION_TV.length)
    .split("\r\n")
    .slice(-3);
  if (session?.startsWith("SessionID: ") !== true || local?.startsWith("LocalAddress: ") !== true)
    return undefined;
  return remote?.startsWith(REMOTE) === true ? remoteOf(remote.slice(REMOTE.length)) : undefined;
}

function isLoginOf(evidence: Evidence, sender: Remote | null): boolean {
  return isFailedAmiLogin(evidence) && evidence.address !== null && evidence.address === sender?.address;
}
