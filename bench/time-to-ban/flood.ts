// Sends REGISTERs at a steady rate, from so many sources that none of them earns a ban, until its stdin ends; then prints what it
// sent, and for how long, as JSON. Runs on the lab's host `attacker`. Arguments: REGISTERs a second, and the number of the first
// source: another flood needs others, since these have no try left.
import type { Socket } from "node:dgram";
import { floodAddress } from "../traffic/ami-flood.js";
import { open, PBX, portOf, register } from "./sip.js";

/** A source is banned at ten attempts in ten minutes. */
const MOST_OF_ONE = 9;
const AT_ONCE = 2_000;
const TICK_MS = 2;

interface Sender {
  readonly socket: Socket;
  readonly address: string;
  readonly port: number;
  sent: number;
}

async function main(perSecond: number, firstSource: number): Promise<void> {
  let sources = firstSource;
  const next = async (): Promise<Sender> => {
    const address = floodAddress(sources++);
    const socket = await open(address, PBX.port);
    return { socket, address, port: portOf(socket), sent: 0 };
  };
  const senders: (Sender | null)[] = [];
  while (senders.length < AT_ONCE) senders.push(await next());
  process.stdout.write("ready\n");
  const started = performance.now();
  let sent = 0;
  let turn = 0;
  const sendNext = (): void => {
    const place = turn++ % AT_ONCE;
    const sender = senders[place];
    if (sender === null || sender === undefined) return;
    const { socket, address, port } = sender;
    // One account a source: more would be guessing.
    socket.send(register(address, port, `u${address}`, `${address}-f${sent}`));
    sent++;
    if (++sender.sent < MOST_OF_ONE) return;
    senders[place] = null;
    socket.close();
    void next().then((fresh) => (senders[place] = fresh));
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - started) / 1000) * perSecond;
    // After a pause it goes on, and does not catch up: a burst is another test.
    const upTo = Math.min(due, sent + (perSecond * TICK_MS * 4) / 1000);
    while (sent < upTo) sendNext();
  }, TICK_MS);
  process.stdin.on("end", () => {
    clearInterval(timer);
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(`${JSON.stringify({ sent, seconds })}\n`, () => process.exit(0));
  });
  process.stdin.resume();
}

void main(Number(process.argv[2]), Number(process.argv[3] ?? 0));
