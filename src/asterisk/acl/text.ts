import { createHash } from "node:crypto";
import type { Cidr } from "../../domain/address.js";
import type { EndpointAcl } from "../../guard/ports.js";
import { Turns } from "../../guard/slices.js";
import { EDITION_ENDPOINT, editionAclName } from "./names.js";
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
const DENY_ALL = "deny=0.0.0.0/0\ndeny=::/0\n";
/** 1 for what addresses are made of. */
const PLAIN = new Uint8Array(256);
for (const character of "0123456789abcdef.:/") PLAIN[character.charCodeAt(0)] = 1;

/** The files of a plan, and the edition that tells them from all others. `salt` makes another edition of the same plan. Files of
 *  thousands of lists have many megabytes, so other work has its turn meanwhile. */
export async function aclTexts(
  plan: AclPlan,
  salt: string,
): Promise<{ readonly texts: AclTexts; readonly edition: string }> {
  const hash = createHash("sha256").update(salt);
  const parts: Record<keyof AclTexts, string[]> = { lists: [HEAD], pjsip: [HEAD], wizard: [HEAD] };
  const add = (which: keyof AclTexts, text: string): void => {
    parts[which].push(text);
    hash.update(which).update(text);
  };
  const turns = new Turns();
  for (const wire of plan.wires) {
    if (turns.isDue()) await turns.next();
    add("lists", section(wire.acl, wire.list));
    if (wire.in === "pjsip") add("pjsip", wiring(wire, "endpoint", "acl"));
    else add("wizard", wiring(wire, "wizard", "endpoint/acl"));
  }
  const edition = hash.digest("hex").slice(0, 16);
  const mark = editionAclName(edition);
  // The edition stands last: whoever sees it has seen all.
  parts.lists.push(section(mark, DENY_ALL));
  parts.pjsip.push(`[${EDITION_ENDPOINT}]\ntype=endpoint\nidentify_by=ip\nacl=${mark}\n`);
  const { lists, pjsip, wizard } = parts;
  return { edition, texts: { lists: lists.join(""), pjsip: pjsip.join(""), wizard: wizard.join("") } };
}

/** The lines of a list, each with its end. The last that matches decides, and a family that no line names is let in. */
export function listText({ permit, deny }: EndpointAcl): string {
  const permits = permit === null ? "" : permitText(permit);
  return deny.length === 0 ? permits : permits + lines("deny", deny);
}

/** By the list that is permitted, which is the same object for as long as nobody changes it, and for all whose list it is. */
const permitTexts = new WeakMap<readonly Cidr[], string>();

function permitText(permit: readonly Cidr[]): string {
  const before = permitTexts.get(permit);
  if (before !== undefined) return before;
  const text = DENY_ALL + lines("permit", permit);
  permitTexts.set(permit, text);
  return text;
}

function lines(word: "permit" | "deny", targets: readonly Cidr[]): string {
  if (targets.length === 0) return "";
  const text = `${word}=${targets.join(`\n${word}=`)}\n`;
  if (countLines(text, `${word}=`) === targets.length) return text;
  throw new TypeError(`not all are canonical targets: ${JSON.stringify(targets.slice(0, 5)).slice(0, 200)}`);
}

/** How many lines of `head` and an address `text` is; NaN where it holds anything else. Nothing that could end a line, or begin
 *  another setting, gets into a file. A regular expression for each of a million lines would cost more than all else here. */
function countLines(text: string, head: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++, count++) {
    if (!text.startsWith(head, at)) return NaN;
    at += head.length;
    const start = at;
    while (PLAIN[text.charCodeAt(at)] === 1) at++;
    if (at === start || text[at] !== "\n") return NaN;
  }
  return count;
}

/** `lists` with what only `before` holds, so that no endpoint refers to a list that is gone, whichever half of a change
 *  Asterisk reads. What is not in the form that this module writes is left out. */
export function unitedLists(before: string, lists: string): string {
  const has = new Set<string>();
  for (const { name } of sections(lists)) has.add(name);
  let kept = "";
  for (const { name, at } of sections(before)) {
    if (has.has(name)) continue;
    WRITTEN.lastIndex = at;
    kept += WRITTEN.exec(before)?.[0] ?? "";
  }
  return kept === "" ? lists : HEAD + kept + lists.slice(HEAD.length);
}

const WRITTEN = /\[ringfence_[\w.-]+\]\n(?:(?:permit|deny)=[0-9a-f.:/]+\n)+/y;

/** Where each section begins, and its name. */
function* sections(text: string): Generator<{ readonly name: string; readonly at: number }> {
  for (let at = text.startsWith("[") ? 0 : text.indexOf("\n[") + 1; text[at] === "[";) {
    const end = text.indexOf("]", at);
    if (end < 0) return;
    yield { name: text.slice(at + 1, end), at };
    at = text.indexOf("\n[", at) + 1;
    if (at === 0) return;
  }
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
function wiring({ endpoint, acl }: Wire, type: string, key: string): string {
  return `[${endpoint}](!)\ntype=${type}\n[${endpoint}](+type=${type}&TEMPLATES=include)\n${key}=${acl}\n`;
}

function section(name: string, list: string): string {
  return `[${name}]\n${list}`;
}
