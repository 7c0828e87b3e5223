import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RingfenceError } from "../../domain/error.js";
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
          await put(path + BEFORE, before, owner);
        await put(path, (replaces ? "" : (before ?? "")) + (text ?? ""), owner);
      } catch (error) {
        throw new RingfenceError("store", `${path} can't be written: ${reasonOf(error)}`, { cause: error });
      }
    },
  };
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT")
      return null;
    throw new RingfenceError("store", `${path} can't be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** A reader sees the old file or the new one, and nobody a secret that is not for them. */
async function put(
  path: string,
  text: string,
  owner: { readonly uid: number; readonly gid: number; readonly mode: number },
): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(aside, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.chown(owner.uid, owner.gid);
      await handle.chmod(owner.mode & 0o777);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
