import { setTimeout as pause } from "node:timers/promises";
import { RingfenceError } from "../../domain/error.js";
import type { Log } from "../../guard/ports.js";
import type { Control } from "../ami/control.js";
import { includeLine, type AclFolder } from "./files.js";
import { EDITION_ENDPOINT } from "./names.js";
import { editionInForce, reload, sectionsOf } from "./questions.js";
import { editionOf, NO_TEXTS, unitedLists, wiresAny, type AclTexts } from "./text.js";

export interface ChangeParts {
  readonly control: Pick<Control, "job">;
  readonly folder: AclFolder;
  /** How long Asterisk may take to read the files, which it does after it has answered. */
  readonly inForceMs: number;
  readonly log: Log;
}

export interface Change {
  readonly texts: AclTexts;
  /** The name of the ACL that only this edition has. */
  readonly mark: string;
  /** What was in force before. */
  readonly before: AclTexts;
  /** Whether any endpoint had a list when the change began. */
  readonly wiredBefore: boolean;
}

/** Puts the files in place and makes Asterisk read them. Resolves once Asterisk is seen to have read both the lists and who has
 *  which; rejects with what was in force before put back, or, where acl.conf no longer leads to the lists, with no list at
 *  all: an endpoint whose list is missing shuts everyone out. */
export async function putInForce(change: Change, parts: ChangeParts): Promise<void> {
  const { folder, control } = parts;
  try {
    await writeAll(folder, change.texts, change.mark, () => checkLists(change, parts));
    await checkWiring(change, parts);
    await control.job((ask) => reload(ask, "acl"));
    await until(parts, async () => (await control.job(editionInForce)) === change.mark, rejected);
  } catch (error) {
    await goBack(change, parts, error);
    throw error;
  }
}

/** Asterisk can't find the lists, so that whoever has one shuts everyone out. (Where it refuses acl.conf as a whole at its start,
 *  it lets everyone in instead.) */
class ListsMissing extends RingfenceError {}

/** In an order in which no endpoint ever refers to a list that is not there, wherever it stops. */
async function writeAll(
  folder: AclFolder,
  texts: AclTexts,
  mark: string | null,
  checkLists: () => Promise<void>,
): Promise<void> {
  const there = (await folder.read("lists")) ?? "";
  const united = unitedLists(there, texts.lists);
  await folder.write("lists", united);
  if (mark !== null) await checkLists();
  for (const which of ["pjsip", "wizard"] as const) {
    const held = await folder.read(which);
    // Who has no wizard needs no file for it.
    if (held !== texts[which] && !(held === null && texts[which] === NO_TEXTS[which])) {
      await folder.write(which, texts[which]);
    }
  }
  if (united !== texts.lists) await folder.write("lists", texts.lists);
}

/** Before any endpoint refers to them: that Asterisk finds and reads the lists, to the last. */
async function checkLists({ mark }: Change, { control }: ChangeParts): Promise<void> {
  const found = await control.job((ask) => sectionsOf(ask, "acl.conf", { section: mark }));
  if (found.has(mark)) return;
  throw new ListsMissing(
    "config",
    `Asterisk does not read Ringfence's lists: put the line ${includeLine("lists")} at the end of acl.conf, and see that asterisk.configDir is the folder that acl.conf is in`,
  );
}

async function checkWiring({ mark }: Change, { control }: ChangeParts): Promise<void> {
  const found = await control.job((ask) =>
    sectionsOf(ask, "pjsip.conf", { section: EDITION_ENDPOINT, filter: "type=endpoint" }),
  );
  if (found.get(EDITION_ENDPOINT)?.includes(`acl=${mark}`) === true) return;
  throw new RingfenceError(
    "config",
    `Asterisk does not read who has which list: put the line ${includeLine("pjsip")} at the end of pjsip.conf`,
  );
}

function rejected(): RingfenceError {
  return new RingfenceError(
    "asterisk-refused",
    "Asterisk did not take the lists, though it says that it did: look for a fault in acl.conf (one bad line makes Asterisk refuse all of it, and after its next start nobody has a list) and in Asterisk's log",
  );
}

async function goBack(change: Change, parts: ChangeParts, cause: unknown): Promise<void> {
  try {
    if (cause instanceof ListsMissing && change.wiredBefore) await disarm(parts, cause);
    else await restore(change.before, parts, cause);
  } catch (error) {
    parts.log.error("Asterisk's lists could not be put back as they were; trying again at the next check", {
      error,
    });
  }
}

async function restore(before: AclTexts, parts: ChangeParts, cause: unknown): Promise<void> {
  const { control, folder } = parts;
  await writeAll(folder, before, null, () => Promise.resolve());
  // Without a connection, or with a full disk, Asterisk has read nothing new.
  if (cause instanceof RingfenceError && cause.code !== "asterisk-refused") return;
  await control.job((ask) => reload(ask, "acl"));
}

/** Takes the lists from all endpoints. This way does without acl.conf. */
async function disarm(parts: ChangeParts, cause: unknown): Promise<void> {
  const { control, folder, log } = parts;
  await folder.write("pjsip", NO_TEXTS.pjsip);
  if ((await folder.read("wizard")) !== null) await folder.write("wizard", NO_TEXTS.wizard);
  log.error(
    "Asterisk holds no lists, and endpoints with a missing list shut everyone out: all are without one for now",
    {
      cause,
    },
  );
  await control.job((ask) => reload(ask, "res_pjsip.so"));
  const gone = async (): Promise<boolean> => (await control.job(editionInForce)) === null;
  await until(parts, gone, () => new RingfenceError("asterisk-refused", "Asterisk did not reload res_pjsip"));
}

/** Asterisk answers before it has read the files. */
async function until(
  { inForceMs }: ChangeParts,
  seen: () => Promise<boolean>,
  late: () => RingfenceError,
): Promise<void> {
  const endMs = performance.now() + inForceMs;
  for (let ms = 10; !(await seen()); ms = Math.min(250, ms * 2)) {
    if (performance.now() > endMs) throw late();
    await pause(ms);
  }
}

export interface Held {
  /** What the folder holds, if it is of one piece; no list at all where it is not. */
  readonly texts: AclTexts;
  /** Whether any endpoint has a list, one piece or not. */
  readonly wired: boolean;
}

export async function heldBy(folder: AclFolder): Promise<Held> {
  const lists = (await folder.read("lists")) ?? NO_TEXTS.lists;
  const pjsip = (await folder.read("pjsip")) ?? NO_TEXTS.pjsip;
  const wizard = (await folder.read("wizard")) ?? NO_TEXTS.wizard;
  const texts = { lists, pjsip, wizard };
  const isWhole = editionOf(lists) !== null && editionOf(lists) === editionOf(pjsip);
  return { texts: isWhole ? texts : NO_TEXTS, wired: wiresAny(texts) };
}
