// Plays one attacker after the other, one an address, and prints for each a line of JSON (`Banned`). Runs on the lab's host
// `attacker`.
import { once } from "node:events";
import type { Socket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { ECHO_PORT, nowMs, open, PBX, portOf, register } from "./sip.js";

/** What is printed of each attacker. Times are Unix milliseconds with their fractions. */
export interface Banned {
  readonly address: string;
  /** When each packet that would earn the ban was sent; its Call-ID is `ADDRESS-dNUMBER`. The first that Asterisk hears decides. */
  readonly decidingAtMs: readonly number[];
  /** The first of those that Asterisk answered; null: none. */
  readonly answered: number | null;
  /** When the first packet was sent that the kernel let through no more; null: it let all through. */
  readonly droppedAtMs: number | null;
}

/** As many account names as a source may try. */
const NAMES = 8;
const ANSWER_MS = 100;
/** A stranger under a flood shares its place with all others, so that most of what it sends is lost. */
const ASKED_AGAIN = 100;
const PROBE_EVERY_MS = 1;
/** A deciding packet that nobody seems to have heard is sent again after so long: under a flood one in ten gets through. */
const DECIDE_AGAIN_MS = 100;
/** After so long without an echo, the source is shut out. */
const SILENT_MS = 60;
const GIVEN_UP_MS = 20_000;

async function main(addresses: readonly string[]): Promise<void> {
  for (const address of addresses) process.stdout.write(`${JSON.stringify(await timeToBan(address))}\n`);
}

async function timeToBan(address: string): Promise<Banned> {
  const sip = await open(address, PBX.port);
  // To a port without a limit of its own: the flood limit of the SIP ports would drop what is sent every millisecond.
  const probes = await open(address, ECHO_PORT);
  try {
    for (let name = 0; name < NAMES; name++) await ask(sip, address, `${address}-n${name}`, `user${name}`);
    return await decide(sip, probes, address);
  } finally {
    sip.close();
    probes.close();
  }
}

async function decide(sip: Socket, probes: Socket, address: string): Promise<Banned> {
  const sentAtMs: number[] = [];
  let echoed = -1;
  let echoedAtMs = nowMs();
  let answered: number | null = null;
  probes.on("message", (bytes) => {
    echoed = Math.max(echoed, bytes.readUInt32BE());
    echoedAtMs = nowMs();
  });
  sip.on("message", (bytes) => {
    const number = /^Call-ID: \S*-d(\d+)/m.exec(bytes.toString("latin1"))?.[1];
    if (number !== undefined) answered ??= Number(number);
  });
  const decidingAtMs: number[] = [];
  const startedMs = nowMs();
  while (nowMs() - echoedAtMs < SILENT_MS) {
    if (nowMs() - startedMs > GIVEN_UP_MS) return { address, decidingAtMs, answered, droppedAtMs: null };
    if (nowMs() - (decidingAtMs.at(-1) ?? -Infinity) > DECIDE_AGAIN_MS) {
      const callId = `${address}-d${decidingAtMs.length}`;
      decidingAtMs.push(nowMs());
      sip.send(register(address, portOf(sip), `user${NAMES}`, callId));
    }
    const probe = Buffer.alloc(4);
    probe.writeUInt32BE(sentAtMs.length);
    sentAtMs.push(nowMs());
    probes.send(probe);
    await sleep(PROBE_EVERY_MS);
  }
  return { address, decidingAtMs, answered, droppedAtMs: sentAtMs[echoed + 1] ?? null };
}

/** Sends until it is answered: under a flood packets are lost, and a name that Asterisk never heard does not count. */
async function ask(socket: Socket, address: string, callId: string, user: string): Promise<void> {
  for (let again = 0; again < ASKED_AGAIN; again++) {
    const answer = once(socket, "message", { signal: AbortSignal.timeout(ANSWER_MS) });
    socket.send(register(address, portOf(socket), user, callId));
    if (
      await answer.then(
        () => true,
        () => false,
      )
    )
      return;
  }
  throw new Error(`${address}: no answer to ${callId}; is it shut out already?`);
}

void main(process.argv.slice(2));
