import { lstat, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { RingfenceError } from "../../domain/error.js";
import { clearAside, codeOf, readIfThere, replaceWhole } from "../whole-file.js";
import type { AclTexts } from "./text.js";

/** Below Asterisk's configuration folder. */
export const LISTS_FOLDER = "ringfence.d";
/** The includes that the admin writes once; asterisk-conf/README.md says so. */
export const FILES: Readonly<Record<keyof AclTexts, string>> = {
  lists: "acl.conf",
  pjsip: "pjsip.conf",
  wizard: "pjsip_wizard.conf",
};

export function includeLine(which: keyof AclTexts): string {
  return `#tryinclude ${LISTS_FOLDER}/${FILES[which]}`;
}

/** Asterisk reads them under a user of its own, and need not write them. */
const FOLDER_MODE = 0o755;
const FILE_MODE = 0o644;

/** The three files that Asterisk includes. Each is replaced whole: a reader sees the old one or the new one. */
export interface AclFolder {
  /** What is there; null where there is no such file. */
  read(which: keyof AclTexts): Promise<string | null>;
  /** Rejects with `store`, and then the file is as it was. */
  write(which: keyof AclTexts, text: string): Promise<void>;
}

/** `configDir` is Asterisk's own folder, as seen from here. */
export function aclFolder(configDir: string): AclFolder {
  const folder = join(configDir, LISTS_FOLDER);
  const fileOf = (which: keyof AclTexts): string => join(folder, FILES[which]);
  return {
    async read(which) {
      try {
        return await readIfThere(fileOf(which));
      } catch (error) {
        throw unusable(`${fileOf(which)} can't be read`, error);
      }
    },
    async write(which, text) {
      await claimFolder(configDir, folder);
      try {
        // There is one writer: what lies there is of a daemon that was killed.
        await clearAside(fileOf(which));
        await replaceWhole(fileOf(which), text, { mode: FILE_MODE });
      } catch (error) {
        throw unusable(`${fileOf(which)} can't be written`, error);
      }
    },
  };
}

async function claimFolder(configDir: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: FOLDER_MODE });
    const handle = await open(folder, "r");
    // The mode above is cut by the umask.
    await handle.chmod(FOLDER_MODE).finally(() => handle.close());
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      throw new RingfenceError(
        "config",
        `asterisk.configDir: there is no folder ${configDir}; name the one that holds Asterisk's pjsip.conf`,
        { cause: error },
      );
    }
    if (codeOf(error) !== "EEXIST") throw unusable(`the folder ${folder} can't be made`, error);
  }
  // Asterisk's user may own the folder above: what it points elsewhere is not written to.
  const there = await lstat(folder);
  if (!there.isDirectory()) {
    throw new RingfenceError(
      "config",
      `${folder} is no folder: remove it, Ringfence makes a folder of that name`,
    );
  }
}

function unusable(what: string, cause: unknown): RingfenceError {
  const code = codeOf(cause);
  const why = code === "ENOSPC" || code === "EDQUOT" ? "the disk is full" : String(cause);
  return new RingfenceError("store", `${what}: ${why}`, { cause });
}
