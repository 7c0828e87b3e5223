import { createHash } from "node:crypto";

/** The endpoint whose ACL says which edition of the files Asterisk has read. Nobody can reach it: it is told by an address that
 *  none has, and its ACL shuts out everyone. */
export const EDITION_ENDPOINT = "ringfence-edition";

/** Asterisk cuts the name of a section here. */
const MOST_BYTES = 79;

/** The name of an endpoint's list. Asterisk tells the names of ACLs apart without regard to case, and reads a comma in one as the
 *  end of it, so every name that is not plain gets a fingerprint. */
export function aclNameOf(endpoint: string): string {
  if (/^[a-z0-9][a-z0-9_]{0,39}$/.test(endpoint)) return `ringfence_${endpoint}`;
  const readable = endpoint.replace(/[^A-Za-z0-9]/g, "_").slice(0, 30);
  return `ringfence_${readable}-${fingerprint(endpoint)}`;
}

export function editionAclName(edition: string): string {
  return `ringfence_edition-${edition}`;
}

/** 64 bits in hexadecimal. */
export function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Why no section can be written for an endpoint of this name, for people; null where one can. */
export function unwritable(endpoint: string): string | null {
  const what = "rename the endpoint to give it an ACL";
  if (endpoint === "" || endpoint !== endpoint.trim()) {
    return `its name begins or ends with a blank, which Asterisk's files do not keep: ${what}`;
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\]\\;\u0000-\u001f\u007f]/.test(endpoint)) {
    return `its name holds "]", ";", a backslash or a control character, which would end the section in Asterisk's file: ${what}`;
  }
  if (Buffer.byteLength(endpoint) > MOST_BYTES) {
    return `its name is longer than the ${MOST_BYTES} bytes that Asterisk reads of a section's name: ${what}`;
  }
  return null;
}

/** As Asterisk compares the names of sections: ASCII letters alone have a case. */
export function sectionKey(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
