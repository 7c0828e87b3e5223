// Plays one attacker after the other, one an address, and prints for each a line of JSON: the milliseconds from the packet that
// earns the ban to the first packet that the kernel drops. Runs on the lab's host `attacker`.
import type { Socket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { open, portOf, register } from "./sip.js";

/** More account names than that ban. */
const NAMES = 8;
const ANSWER_MS = 2_000;
const PROBE_EVERY_MS = 1;
/** After so long without an answer to any probe, the source is shut out. */
const SILENT_MS = 100;
const GIVEN_UP_MS = 5_000;

async function main(addresses: readonly string[]): Promise<void> {
  for (const address of addresses) process.stdout.write(`${JSON.stringify(await timeToBan(address))}\n`);
}

async function timeToBan(address: string): Promise<{ address: string; ms: number | null }> {
  const socket = await open(address);
  try {
    for (let name = 0; name < NAMES; name++) await ask(socket, address, `${address}-n${name}`, `user${name}`);
    const sentAt: number[] = [];
    let answered = -1;
    let answeredAt = performance.now();
    socket.on("message", (bytes) => {
      const probe = Number(/^Call-ID: \S*-p(\d+)/m.exec(bytes.toString("latin1"))?.[1] ?? -1);
      if (probe <= answered) return;
      answered = probe;
      answeredAt = performance.now();
    });
    const started = performance.now();
    // Number 0 is the one that decides.
    while (performance.now() - Math.max(answeredAt, started) < SILENT_MS) {
      if (performance.now() - started > GIVEN_UP_MS) return { address, ms: null };
      const callId = `${address}-p${sentAt.length}`;
      sentAt.push(performance.now());
      socket.send(register(address, portOf(socket), `user${NAMES}`, callId));
      await sleep(PROBE_EVERY_MS);
    }
    const firstDropped = sentAt[answered + 1];
    const decided = sentAt[0];
    return {
      address,
      ms: firstDropped === undefined || decided === undefined ? null : firstDropped - decided,
    };
  } finally {
    socket.close();
  }
}

/** Sends until it is answered: under a flood packets are lost, and a name that Asterisk never heard does not count. */
async function ask(socket: Socket, address: string, callId: string, user: string): Promise<void> {
  for (let again = 0; again < 5; again++) {
    const answer = new Promise<boolean>((done) => {
      const late = setTimeout(() => done(false), ANSWER_MS / 5);
      socket.once("message", () => {
        clearTimeout(late);
        done(true);
      });
    });
    socket.send(register(address, portOf(socket), user, callId));
    if (await answer) return;
  }
  throw new Error(`${address}: no answer to ${callId} in ${ANSWER_MS} ms; is it shut out already?`);
}

void main(process.argv.slice(2));
