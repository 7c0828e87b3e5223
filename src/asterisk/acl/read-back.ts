import { setTimeout as pause } from "node:timers/promises";
import type { Control } from "../ami/control.js";
import { includeLine } from "./files.js";
import type { Wire } from "./plan.js";
import { aclsInForce, sectionsOf } from "./questions.js";

/** What Asterisk enforces of what was meant. */
export interface ReadBack {
  readonly inForce: readonly string[];
  readonly impossible: ReadonlyMap<string, string>;
}

/** The wizard makes its endpoints a moment after those of pjsip.conf. */
const WIZARD_MS = 5_000;
/** More sections than this are asked for all at once: Asterisk reads the whole file for each question. */
const ASKED_ONE_BY_ONE = 20;

const PLACES = {
  pjsip: { file: "pjsip.conf", filter: "type=endpoint", key: "acl" },
  wizard: { file: "pjsip_wizard.conf", filter: "type=wizard", key: "endpoint/acl" },
} as const;

/** Asks Asterisk of each endpoint. */
export async function readBack(control: Pick<Control, "job">, wires: readonly Wire[]): Promise<ReadBack> {
  const seen = await firstAcls(control, wires);
  const inForce: string[] = [];
  const impossible = new Map<string, string>();
  const behindOthers: Wire[] = [];
  for (const wire of wires) {
    const acl = seen.get(wire.endpoint) ?? null;
    if (acl === wire.acl) inForce.push(wire.endpoint);
    else if (acl === null) impossible.set(wire.endpoint, notThere(wire));
    else if (acl === "") impossible.set(wire.endpoint, notTaken(wire));
    else behindOthers.push(wire);
  }
  // Asterisk shows the first ACL of an endpoint, and an admin's own comes first.
  for (const wire of behindOthers) {
    if (await isInFile(control, wire, behindOthers)) inForce.push(wire.endpoint);
    else impossible.set(wire.endpoint, notTaken(wire));
  }
  return { inForce, impossible };
}

async function firstAcls(
  control: Pick<Control, "job">,
  wires: readonly Wire[],
): Promise<ReadonlyMap<string, string | null>> {
  const seen = new Map<string, string | null>();
  const endMs = performance.now() + WIZARD_MS;
  let open = wires;
  for (;;) {
    const names = open.map(({ endpoint }) => endpoint);
    for (const [name, acl] of await control.job((ask) => aclsInForce(ask, names))) seen.set(name, acl);
    open = open.filter((wire) => wire.in === "wizard" && seen.get(wire.endpoint) !== wire.acl);
    if (open.length === 0 || performance.now() > endMs) return seen;
    await pause(100);
  }
}

async function isInFile(control: Pick<Control, "job">, wire: Wire, all: readonly Wire[]): Promise<boolean> {
  const { file, filter, key } = PLACES[wire.in];
  const one = { section: wire.endpoint, filter };
  const only = all.length > ASKED_ONE_BY_ONE ? { filter: `${filter},${key}=ringfence_` } : one;
  const sections = await control.job((ask) => sectionsOf(ask, file, only));
  return sections.get(wire.endpoint)?.includes(`${key}=${wire.acl}`) === true;
}

function notThere({ acl }: Wire): string {
  return `Asterisk has no PJSIP endpoint of this name: it was renamed or deleted (its list waits for it), or it is a peer of chan_sip, which goes by the list only where its section in sip.conf says acl=${acl} (asterisk-conf/README.md)`;
}

function notTaken(wire: Wire): string {
  const { file } = PLACES[wire.in];
  const line = includeLine(wire.in);
  return wire.in === "wizard"
    ? `Asterisk does not take its list: put the line ${line} at the end of ${file}`
    : `Asterisk does not take its list: put the line ${line} at the end of ${file}; or, where the endpoint stands in a realtime database, write ${wire.acl} into its column acl (asterisk-conf/README.md)`;
}
