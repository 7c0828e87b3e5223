// Sends REGISTERs at a steady rate, from so many sources that none of them earns a ban, until its stdin ends; then prints what it
// sent, and for how long, as JSON. Runs on the lab's host `attacker`.
import type { Socket } from "node:dgram";
import { floodAddress } from "../traffic/ami-flood.js";
import { open, portOf, register } from "./sip.js";

/** A source is banned at ten attempts in ten minutes. */
const MOST_OF_ONE = 8;
const TICK_MS = 2;

async function main(perSecond: number, sources: number): Promise<void> {
  const sockets: Socket[] = [];
  for (let source = 0; source < sources; source++) {
    const socket = await open(floodAddress(source));
    socket.setRecvBufferSize(4096);
    sockets.push(socket);
  }
  process.stdout.write("ready\n");
  const started = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(((performance.now() - started) / 1000) * perSecond, sources * MOST_OF_ONE);
    // After a pause it goes on, and does not catch up: a burst is another test.
    const upTo = Math.min(due, sent + (perSecond * TICK_MS * 4) / 1000);
    for (; sent < upTo; sent++) {
      const socket = sockets[sent % sources];
      if (socket === undefined) throw new Error("no socket");
      const address = floodAddress(sent % sources);
      socket.send(register(address, portOf(socket), `1${sent % sources}`, `${address}-f${sent}`));
    }
  }, TICK_MS);
  process.stdin.on("end", () => {
    clearInterval(timer);
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(`${JSON.stringify({ sent, seconds })}\n`, () => process.exit(0));
  });
  process.stdin.resume();
}

void main(Number(process.argv[2]), Number(process.argv[3]));
