import { BAN_MARK_ENDPOINT } from "./ban-text.js";
import type { EndpointAcl } from "../../guard/ports.js";
import { aclNameOf, EDITION_ENDPOINT, fingerprint, sectionKey, unwritable } from "./names.js";
import { Turns } from "../../guard/slices.js";
import { listText } from "./text.js";

/** What Asterisk has. */
export interface Endpoints {
  readonly names: readonly string[];
  /** Those that pjsip_wizard.conf makes. */
  readonly wizards: ReadonlySet<string>;
  readonly trunks: ReadonlySet<string>;
}

export interface Wire {
  readonly endpoint: string;
  readonly acl: string;
  readonly in: "pjsip" | "wizard";
  /** The lines of its list, each with its end. */
  readonly list: string;
}

export interface AclPlan {
  /** Sorted by endpoint. */
  readonly wires: readonly Wire[];
  readonly impossible: ReadonlyMap<string, string>;
}

/** Which endpoint gets which list, and who can't have one. `salt` makes other sections of the same plan for the wizard: Asterisk 16
 *  makes an endpoint of the wizard anew only when its section changes, and does not see a list that changes under its name. Other work
 *  has its turn meanwhile. */
export async function planAcls(
  wanted: ReadonlyMap<string, EndpointAcl>,
  has: Endpoints,
  salt: string,
): Promise<AclPlan> {
  const names = new Set(has.names);
  const alike = countKeys(names);
  const alikeWanted = countKeys(new Set([...names, ...wanted.keys()]));
  const wires: Wire[] = [];
  const impossible = new Map<string, string>();
  const turns = new Turns();
  for (const [endpoint, acl] of wanted) {
    if (turns.isDue()) await turns.next();
    if (acl.permit === null && acl.deny.length === 0) continue;
    // One that is not there must not cost another that is its list.
    const isAlone = ((names.has(endpoint) ? alike : alikeWanted).get(sectionKey(endpoint)) ?? 0) <= 1;
    const why = whyNot(endpoint, isAlone, has.trunks);
    if (why !== null) {
      impossible.set(endpoint, why);
      continue;
    }
    const list = listText(acl);
    const name = aclNameOf(endpoint);
    if (has.wizards.has(endpoint)) {
      wires.push({ endpoint, acl: `${name}.${fingerprint(`${salt}\n${list}`)}`, in: "wizard", list });
    } else wires.push({ endpoint, acl: name, in: "pjsip", list });
  }
  wires.sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1));
  return { wires, impossible };
}

/** An endpoint that is not there gets its list all the same, which waits for it: one that is deleted and made anew is never
 *  without. */
function whyNot(endpoint: string, isAlone: boolean, trunks: ReadonlySet<string>): string | null {
  if (trunks.has(endpoint)) return "it is a trunk, and trunks are never touched";
  if (endpoint === EDITION_ENDPOINT || endpoint === BAN_MARK_ENDPOINT)
    return "this endpoint is Ringfence's own";
  if (!isAlone) {
    return "another endpoint's name differs from this one in upper and lower case alone, and Asterisk's files do not tell the two apart: rename one";
  }
  return unwritable(endpoint);
}

function countKeys(names: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(sectionKey(name), (counts.get(sectionKey(name)) ?? 0) + 1);
  return counts;
}
