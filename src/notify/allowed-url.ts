import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { isIP } from "node:net";
import { contains, networkOfTarget, parseTarget } from "../domain/address.js";

/** Where a webhook may be. An administrator sets it, and receivers on this machine or in the company's own network are the usual case, so
 *  those are allowed. Never allowed are link-local addresses, where clouds keep the machine's own credentials, and what is no single
 *  host. */
const FORBIDDEN = [
  "169.254.0.0/16",
  "fe80::/10",
  "0.0.0.0/8",
  "224.0.0.0/4",
  "ff00::/8",
  "fd00:ec2::/32",
].map((text) => {
  const parsed = parseTarget(text);
  if ("error" in parsed) throw new Error(parsed.error);
  return networkOfTarget(parsed.target);
});

/** Why `text` can't be asked, as a sentence; null where it can. Names are looked at again when they are resolved. */
export function faultOfUrl(text: string): string | null {
  if (!URL.canParse(text))
    return "That is no address: write one such as https://hooks.example.org/ringfence.";
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return "The address begins with https:// or http://.";
  if (url.username !== "" || url.password !== "") {
    return "The address holds a user or password, which would be shown: put a secret into its path, or check the signature.";
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) !== 0 && isForbidden(host)
    ? `${host} is link-local, or no single host: name another address.`
    : null;
}

function isForbidden(address: string): boolean {
  if (/^[0:]+$/.test(address)) return true;
  const parsed = parseTarget(address.replace(/^::ffff:/i, "").replace(/%.*$/, ""));
  if ("error" in parsed) return true;
  const network = networkOfTarget(parsed.target);
  return FORBIDDEN.some((each) => contains(each, network));
}

type Found = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** For `request`: resolves a name, and refuses what `faultOfUrl` would, so that no name leads where no address may. */
export function lookupAllowed(hostname: string, options: LookupOptions, found: Found): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      found(error, []);
      return;
    }
    const allowed = addresses.filter(({ address }) => !isForbidden(address));
    const [first] = allowed;
    if (first === undefined) {
      found(new Error(`${hostname} leads to a link-local address, or to no single host`), []);
    } else if (options.all === true) found(null, allowed);
    else found(null, first.address, first.family);
  });
}
