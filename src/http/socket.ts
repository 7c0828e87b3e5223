import { chmod, lstat, mkdir, unlink } from "node:fs/promises";
import { type Server, connect } from "node:net";
import { dirname } from "node:path";
import { RingfenceError } from "../domain/error.js";

/** Owner and group may connect; who is in the group may do everything. */
const SOCKET_MODE = 0o660;
const FOLDER_MODE = 0o750;

/** Makes `server` listen on the Unix socket `path`, in a folder that is made if it is missing. A socket that a dead daemon left
 *  behind is removed. Throws RingfenceError `config` where a daemon answers there or where `path` is some other file. */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
  await claimSocket(path);
  // The mask holds the world out between bind and chmod; listen() binds a Unix socket before it returns.
  const mask = process.umask(0o777 & ~SOCKET_MODE);
  try {
    await listening(server, () => server.listen(path));
  } finally {
    process.umask(mask);
  }
  await chmod(path, SOCKET_MODE);
}

/** Makes sure that `path` is free: removes the socket of a dead daemon, and throws RingfenceError `config` where a living one
 *  answers or where some other file is. For a daemon that is starting, before it touches anything that the other one uses. */
export async function claimSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((cause: unknown) => {
    if (codeOf(cause) === "ENOENT") return null;
    throw new RingfenceError("config", `can't look at ${path}`, { cause });
  });
  if (found === null) return;
  if (!found.isSocket()) {
    throw new RingfenceError("config", `${path} is no socket: name another path, or move that file away`);
  }
  if (await answers(path)) {
    throw new RingfenceError("config", `another daemon answers on ${path}: stop it first`);
  }
  await unlink(path);
}

/** Resolves when `listen`, which starts listening, has done so; throws RingfenceError `config` where it can't. */
export function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void => {
      reject(new RingfenceError("config", `can't listen: ${cause.message}`, { cause }));
    };
    server.once("error", failed);
    server.once("listening", () => {
      server.off("error", failed);
      resolve();
    });
    listen();
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", (cause) => {
      probe.destroy();
      const code = codeOf(cause);
      if (code === "ECONNREFUSED" || code === "ENOENT") resolve(false);
      // EAGAIN: somebody listens and is overrun.
      else if (code === "EAGAIN") resolve(true);
      else reject(new RingfenceError("config", `can't tell whether a daemon answers on ${path}`, { cause }));
    });
  });
}

function codeOf(fault: unknown): unknown {
  return typeof fault === "object" && fault !== null && "code" in fault ? fault.code : null;
}
