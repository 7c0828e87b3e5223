import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RingfenceError } from "../../domain/error.js";
import { readIfThere, replaceWhole } from "../whole-file.js";
import type { SetupStep } from "./plan.js";

/** What a file was before the first change is kept beside it under this name. */
const BEFORE = ".before-ringfence";

/** Asterisk's own configuration folder, for the one time that its files are changed. */
export function confFolder(folder: string): {
  /** Null where there is no such file. */
  read(file: string): Promise<string | null>;
  /** Does what a step that is `missing` says: the file as it was stays beside it, the new one has its owner and mode. */
  write(step: SetupStep): Promise<void>;
} {
  const read = (file: string): Promise<string | null> => textOf(join(folder, file));
  return {
    read,
    async write({ file, text, replaces }) {
      const path = join(folder, file);
      const before = await textOf(path);
      try {
        const above = await stat(folder);
        await mkdir(dirname(path), { recursive: true });
        const { uid, gid, mode } =
          before === null ? { uid: above.uid, gid: above.gid, mode: 0o640 } : await stat(path);
        const owner = { uid, gid, mode };
        if (before !== null && (await textOf(path + BEFORE)) === null)
          await replaceWhole(path + BEFORE, before, owner);
        await replaceWhole(path, (replaces ? "" : (before ?? "")) + (text ?? ""), owner);
      } catch (error) {
        throw new RingfenceError("store", `${path} can't be written: ${reasonOf(error)}`, { cause: error });
      }
    },
  };
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readIfThere(path);
  } catch (error) {
    throw new RingfenceError("store", `${path} can't be read: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
