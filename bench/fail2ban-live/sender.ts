// Sends REGISTERs as told, over UDP, from this host's addresses: real phones, guessers, and packets forged in others' names. Prints when
// each was sent. Reads a list of senders from stdin, as JSON.
import { createHash, randomBytes } from "node:crypto";
import type { Socket } from "node:dgram";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { open, PBX, portOf } from "../time-to-ban/sip.js";

export interface Sender {
  readonly who: string;
  readonly from: string;
  /** `{n}` in it is the number of the try. */
  readonly account: string;
  /** Null: asks, and never answers the challenge. `forged`: shows a made-up answer right away, and hears nothing. */
  readonly password: string | null | { readonly forged: true };
  readonly startMs: number;
  readonly everyMs: number;
  readonly tries: number;
}

/** Unix milliseconds of each try. */
export type Sent = Readonly<Record<string, readonly number[]>>;

const ANSWER_WITHIN_MS = 1_000;

async function main(senders: readonly Sender[]): Promise<void> {
  const sent: Record<string, number[]> = {};
  await Promise.all(
    senders.map(async (sender) => ((sent[sender.who] = []), play(sender, sent[sender.who] ?? []))),
  );
  process.stdout.write(`${JSON.stringify(sent)}\n`, () => process.exit(0));
}

async function play(sender: Sender, sentMs: number[]): Promise<void> {
  const { from, account, password, startMs, everyMs, tries } = sender;
  await sleep(startMs);
  const socket = await open(from, PBX.port);
  const startedMs = performance.now();
  for (let n = 0; n < tries; n++) {
    await sleep(Math.max(0, startedMs + n * everyMs - performance.now()));
    sentMs.push(Date.now());
    const user = account.replace("{n}", String(n));
    const ask = (cseq: number, authorization = ""): string =>
      registerText(from, portOf(socket), user, callId, cseq, authorization);
    const callId = randomBytes(8).toString("hex");
    if (password !== null && typeof password === "object") {
      const nonce = `${Math.floor(Date.now() / 1000)}/${randomBytes(16).toString("hex")}`;
      socket.send(ask(1, digest(user, "asterisk", nonce, "guess")));
    } else if (password === null) socket.send(ask(1));
    else await signIn(socket, user, password, ask);
  }
  socket.close();
}

async function signIn(
  socket: Socket,
  user: string,
  password: string,
  ask: (cseq: number, authorization?: string) => string,
): Promise<void> {
  const challenge = await answerTo(socket, ask(1));
  const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
  if (field("nonce") === "") return;
  await answerTo(
    socket,
    ask(2, `${digest(user, field("realm"), field("nonce"), password)},opaque="${field("opaque")}"`),
  );
}

/** Empty where none comes: whoever is shut out hears nothing. */
function answerTo(socket: Socket, text: string): Promise<string> {
  return new Promise((done) => {
    const timer = setTimeout(() => done(""), ANSWER_WITHIN_MS);
    socket.once("message", (bytes) => {
      clearTimeout(timer);
      done(bytes.toString("latin1"));
    });
    socket.send(text);
  });
}

function digest(user: string, realm: string, nonce: string, password: string): string {
  const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
  const uri = `sip:${PBX.address}`;
  const response = md5(`${md5(`${user}:${realm}:${password}`)}:${nonce}:${md5(`REGISTER:${uri}`)}`);
  return `Digest username="${user}",realm="${realm}",nonce="${nonce}",uri="${uri}",response="${response}"`;
}

function registerText(
  from: string,
  port: number,
  user: string,
  callId: string,
  cseq: number,
  authorization: string,
): string {
  return [
    `REGISTER sip:${PBX.address} SIP/2.0`,
    `Via: SIP/2.0/UDP ${from}:${port};rport;branch=z9hG4bK${callId}${cseq}`,
    "Max-Forwards: 70",
    `From: <sip:${user}@${PBX.address}>;tag=${callId}`,
    `To: <sip:${user}@${PBX.address}>`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} REGISTER`,
    `Contact: <sip:${user}@${from}:${port}>`,
    "Expires: 60",
    ...(authorization === "" ? [] : [`Authorization: ${authorization}`]),
    "Content-Length: 0",
    "\r\n",
  ].join("\r\n");
}

void text(process.stdin).then((plan) => main(JSON.parse(plan) as Sender[]));
