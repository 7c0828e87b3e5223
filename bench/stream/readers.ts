import AsteriskManager from "asterisk-manager";
import { connect } from "node:net";
import { isEvidence } from "../../src/asterisk/ami/items.js";
import { AmiParser } from "../../src/asterisk/ami/parser.js";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { Replay } from "../../src/guard/replay.js";

/** What a reader made of one stream. */
export interface Read {
  /** Events that it saw; bans that it decided on. Null: it does not look. */
  readonly events: number | null;
  readonly bans: number | null;
}

/** Connects, reads all there is, resolves at the end. */
export type Reader = (port: number) => Promise<Read>;

/** Bytes to decisions: the daemon's parser, judge and ban ladder, with bans kept in memory. */
export async function decide(port: number): Promise<Read> {
  const replay = new Replay({ policy: DEFAULT_POLICY });
  let bans = 0;
  const parser = new AmiParser((item) => {
    if (isEvidence(item)) bans += replay.observe(item).length;
  });
  await readAll(port, (chunk) => parser.push(chunk));
  parser.end();
  return { events: parser.counts.messages, bans };
}

export async function parse(port: number): Promise<Read> {
  const parser = new AmiParser(() => undefined);
  await readAll(port, (chunk) => parser.push(chunk));
  parser.end();
  return { events: parser.counts.messages, bans: null };
}

/** What reading costs that does nothing with what it read. */
export async function readOnly(port: number): Promise<Read> {
  await readAll(port, () => undefined);
  return { events: null, bans: null };
}

/** asterisk-manager 0.2.0 on its own socket, with a listener that does nothing. */
export function asteriskManager(port: number): Promise<Read> {
  return new Promise((resolve) => {
    const manager = AsteriskManager(undefined, "127.0.0.1", "", "", true);
    let events = 0;
    manager.on("managerevent", () => events++);
    // It tells of events a tick later.
    manager.on("close", () => setImmediate(() => resolve({ events, bans: null })));
    manager.connect({ port, host: "127.0.0.1" }, undefined, () => undefined);
  });
}

function readAll(port: number, onChunk: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("data", onChunk);
    socket.on("error", reject);
    socket.on("end", resolve);
  });
}
