import type { Cidr } from "../../domain/address.js";
import type { EndpointAcl } from "../../guard/ports.js";
import { EDITION_ENDPOINT, editionAclName, fingerprint } from "./names.js";
import type { AclPlan, Wire } from "./plan.js";

/** The files that Asterisk includes. */
export interface AclTexts {
  /** From acl.conf: the lists. */
  readonly lists: string;
  /** From the end of pjsip.conf: which endpoint has which list. */
  readonly pjsip: string;
  /** The same, from the end of pjsip_wizard.conf. */
  readonly wizard: string;
}

const HEAD = "; Written by Ringfence. It is written anew when it was changed by hand.\n";
const EVERYONE = ["0.0.0.0/0", "::/0"] as const;
/** Nothing that could end a line, or begin another setting, gets into a file. */
const ADDRESS = /^[0-9a-f.:]+(\/\d{1,3})?$/;

/** The files of a plan, and the edition that tells them from all others. `salt` makes another edition of the same plan. */
export function aclTexts(
  plan: AclPlan,
  salt: string,
): { readonly texts: AclTexts; readonly edition: string } {
  const lists = plan.wires.map(({ acl, lines }) => section(acl, lines)).join("");
  const pjsip = wiring(plan.wires, "pjsip", "endpoint", "acl");
  const wizard = wiring(plan.wires, "wizard", "wizard", "endpoint/acl");
  const edition = fingerprint([salt, lists, pjsip, wizard].join("\0"));
  const mark = editionAclName(edition);
  return {
    edition,
    texts: {
      // The edition stands last: whoever sees it has seen all.
      lists: HEAD + lists + section(mark, denyAll()),
      pjsip: `${HEAD}${pjsip}[${EDITION_ENDPOINT}]\ntype=endpoint\nidentify_by=ip\nacl=${mark}\n`,
      wizard: HEAD + wizard,
    },
  };
}

/** The last line that matches decides, and a family that no line names is let in. */
export function listLines({ permit, deny }: EndpointAcl): string[] {
  const lines = permit === null ? [] : [...denyAll(), ...permit.map((target) => `permit=${checked(target)}`)];
  return [...lines, ...deny.map((target) => `deny=${checked(target)}`)];
}

/** `lists` with what only `before` holds, so that no endpoint refers to a list that is gone, whichever half of a change
 *  Asterisk reads. What is not in the form that this module writes is left out. */
export function unitedLists(before: string, lists: string): string {
  const has = new Set([...lists.matchAll(/^\[([^\]]+)\]$/gm)].map(([, name]) => name));
  let kept = "";
  for (const [whole, name] of before.matchAll(
    /^\[(ringfence_[\w.-]+)\]\n(?:(?:permit|deny)=[0-9a-f.:/]+\n)+/gm,
  )) {
    if (!has.has(name)) kept += whole;
  }
  return HEAD + kept + lists.slice(HEAD.length);
}

/** The files without any endpoint in them. */
export const NO_TEXTS: AclTexts = { lists: HEAD, pjsip: HEAD, wizard: HEAD };

/** The name of the edition's ACL that a file says, a sign that it is whole; null where it says none. */
export function editionOf(text: string): string | null {
  return /ringfence_edition-[0-9a-f]{16}/.exec(text)?.[0] ?? null;
}

/** Whether a file gives an endpoint a list. */
export function wiresAny({ pjsip, wizard }: AclTexts): boolean {
  return /^\[.*\]\(\+/m.test(pjsip) || /^\[.*\]\(\+/m.test(wizard);
}

/** An addition to a section that does not exist ends the reading of the whole file. So each has a template of the same name
 *  ahead of it: Asterisk takes the first section of that name and type, templates too, which is the admin's, far above, or, where
 *  that is gone, the template, which makes no endpoint. */
function wiring(wires: readonly Wire[], file: Wire["in"], type: string, key: string): string {
  return wires
    .filter((wire) => wire.in === file)
    .map(
      ({ endpoint, acl }) =>
        `[${endpoint}](!)\ntype=${type}\n[${endpoint}](+type=${type}&TEMPLATES=include)\n${key}=${acl}\n`,
    )
    .join("");
}

function section(name: string, lines: readonly string[]): string {
  return `[${name}]\n${lines.join("\n")}\n`;
}

function denyAll(): string[] {
  return EVERYONE.map((all) => `deny=${all}`);
}

function checked(target: Cidr): string {
  if (!ADDRESS.test(target))
    throw new TypeError(`not a canonical target: ${JSON.stringify(target.slice(0, 60))}`);
  return target;
}
