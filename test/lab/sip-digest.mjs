// What a phone answers to a challenge (RFC 2617, qop=auth), for the phones of the lab.
import { createHash } from "node:crypto";

const md5 = (text) => createHash("md5").update(text).digest("hex");

/** The header of the next try. `challenge`: what WWW-Authenticate says. */
export function authorization({ account, password, method, uri, challenge }) {
  const part = (name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
  const [realm, nonce, opaque] = [part("realm"), part("nonce"), part("opaque")];
  const hash = md5(`${account}:${realm}:${password}`);
  const response = md5(`${hash}:${nonce}:00000001:c:auth:${md5(`${method}:${uri}`)}`);
  const also = opaque === "" ? "" : `, opaque="${opaque}"`;
  return `Authorization: Digest username="${account}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"${also}`;
}
