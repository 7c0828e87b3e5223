// Prints, as a JSON list, the milliseconds from the bytes of the deciding event to the kernel's yes, one a ban. Runs in a network
// namespace of its own.
import { setTimeout as sleep } from "node:timers/promises";
import { isEvidence } from "../../src/asterisk/ami/items.js";
import { AmiParser } from "../../src/asterisk/ami/parser.js";
import { openFence } from "../fence.js";
import { invalidAccount } from "../traffic/ami-flood.js";

const NAMES = 8;
const WARM_UPS = 5;

async function main(bans: number): Promise<void> {
  const fence = await openFence("kernel");
  const parser = new AmiParser((item) => {
    if (isEvidence(item)) fence.observe(item);
  });
  const times: number[] = [];
  for (let source = 0; source < bans + WARM_UPS; source++) {
    for (let name = 0; name < NAMES; name++) {
      parser.push(Buffer.from(invalidAccount(source, name, Date.now())));
    }
    parser.settle();
    const deciding = Buffer.from(invalidAccount(source, NAMES, Date.now()));
    await sleep(20);
    const applied = fence.applied();
    const startedMs = performance.now();
    parser.push(deciding);
    parser.settle();
    await applied;
    times.push(performance.now() - startedMs);
  }
  await fence.firewall.remove();
  await fence.close();
  process.stdout.write(JSON.stringify(times.slice(WARM_UPS)));
}

void main(Number(process.argv[2]));
