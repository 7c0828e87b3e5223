import { randomBytes } from "node:crypto";
import { open, readFile, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Files that Asterisk reads at any moment: it takes a half-written one for a whole one, so it must never see one. */

export interface FileOwner {
  readonly mode: number;
  /** Left as they come where they are left out. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Null where there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Whole and on the disk, or not at all: the text is written aside, under a name that nobody can have put a link at. Nobody but its
 *  reader may see it meanwhile. */
export async function replaceWhole(path: string, text: string, owner: FileOwner): Promise<void> {
  const folder = dirname(path);
  const aside = join(folder, `.${basename(path)}.${randomBytes(8).toString("hex")}.new`);
  try {
    const handle = await open(aside, "wx", 0o600);
    try {
      await handle.writeFile(text);
      if (owner.uid !== undefined && owner.gid !== undefined) await handle.chown(owner.uid, owner.gid);
      // The mode of `open` is cut by the umask.
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
  const above = await open(folder, "r");
  await above.sync().finally(() => above.close());
}

/** Removes what a process left beside `path` that was killed in the middle of `replaceWhole`. For files that have one writer. */
export async function clearAside(path: string): Promise<void> {
  const folder = dirname(path);
  const begin = `.${basename(path)}.`;
  for (const name of await readdir(folder)) {
    if (name.startsWith(begin) && /^[0-9a-f]{16}\.new$/.test(name.slice(begin.length)))
      await rm(join(folder, name), { force: true });
  }
}

export function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
