import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { Server } from "node:https";
import { createSecureContext } from "node:tls";
import { RingfenceError } from "../domain/error.js";
import type { Log } from "../guard/ports.js";

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

const LOOK_MS = 30_000;

/** Reads certificate and key, PEM. Throws RingfenceError `config` where they can't be read or don't belong together. */
export function readTls({ cert, key }: TlsFiles): { readonly cert: Buffer; readonly key: Buffer } {
  try {
    const read = { cert: readFileSync(cert), key: readFileSync(key) };
    createSecureContext(read);
    return read;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RingfenceError("config", `http.tls: ${cert} and ${key} can't be used (${why})`, { cause });
  }
}

/** Takes up a renewed certificate: looks every half minute, and when told to. One that can't be used is told in the log, and the
 *  one before it stays. */
export function watchTls(server: Server, files: TlsFiles, log: Log): { reload(): void; stop(): void } {
  let seen = stamp(files);
  const reload = (): void => {
    seen = stamp(files);
    try {
      server.setSecureContext(readTls(files));
      log.info("the web certificate was read anew", { cert: files.cert });
    } catch (error) {
      log.error("the web certificate can't be used; the one before it stays", { cert: files.cert, error });
    }
  };
  const timer = setInterval(() => {
    if (stamp(files) !== seen) reload();
  }, LOOK_MS);
  timer.unref();
  return { reload, stop: () => clearInterval(timer) };
}

/** Whether the certificate is made out to a name; one that is renewed may be made out to others. */
export function certified(files: TlsFiles): (name: string) => boolean {
  let read: { readonly stamp: string; readonly certificate: X509Certificate } | null = null;
  return (name) => {
    const now = stamp(files);
    try {
      if (read?.stamp !== now)
        read = { stamp: now, certificate: new X509Certificate(readFileSync(files.cert)) };
    } catch {
      // Half written, or away for a moment: the one before it is still shown to browsers.
    }
    return read?.certificate.checkHost(name) !== undefined;
  };
}

/** Changes with the files; a file that is missing for a moment, as while it is replaced, is a change too. */
function stamp({ cert, key }: TlsFiles): string {
  return [cert, key]
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found === undefined ? "none" : `${found.ino} ${found.mtimeMs} ${found.size}`;
    })
    .join(" ");
}
