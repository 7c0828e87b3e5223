import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { netns } from "./lab.js";

const TCPDUMP = "/usr/bin/tcpdump";
const AMI_PORT = 5038;
/** libpcap reads block by block, at the latest after a second. */
const BLOCK_MS = 1_500;
/** Of a pcap file and of a packet in it (pcap-savefile(5)), and of Ethernet. */
const FILE_HEADER = 24;
const PACKET_HEADER = 16;
const ETHERNET = 14;
const MICROSECONDS = 0xa1b2c3d4;

/** When Asterisk's events came to the daemon's socket, by the kernel's clock. */
export interface Tap {
  /** Resolves to the Unix milliseconds, with fractions, at which the first event of each Call-ID of a deciding packet came. */
  stop(): Promise<Map<string, number>>;
}

/** Null where tcpdump is not installed: then nothing tells Asterisk's share of the time from ours. */
export async function tapAmi(): Promise<Tap | null> {
  if (!existsSync(TCPDUMP)) return null;
  const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
  const file = join(folder, "ami.pcap");
  const filter = `tcp and src port ${AMI_PORT}`.split(" ");
  const argv = [
    "netns",
    "exec",
    netns("pbx"),
    TCPDUMP,
    "-i",
    "lo",
    "-n",
    "-B",
    "16384",
    "-w",
    file,
    "-Z",
    "root",
  ];
  const child = spawn("ip", [...argv, ...filter], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "close");
  await once(child.stderr, "data");
  return {
    async stop() {
      // What the kernel has and tcpdump has not read yet would be lost.
      await sleep(BLOCK_MS);
      child.kill("SIGINT");
      await ended;
      const times = firstTimes(readFileSync(file));
      rmSync(folder, { recursive: true });
      return times;
    },
  };
}

function firstTimes(pcap: Buffer): Map<string, number> {
  const times = new Map<string, number>();
  if (pcap.readUInt32LE(0) !== MICROSECONDS)
    throw new Error("tcpdump wrote what is no pcap file of this machine");
  for (let at = FILE_HEADER; at + PACKET_HEADER <= pcap.length;) {
    const length = pcap.readUInt32LE(at + 8);
    const packet = pcap.subarray(at + PACKET_HEADER, at + PACKET_HEADER + length);
    // Asterisk writes an event at a time, so a packet on loopback holds whole ones.
    const text = packet.subarray(ETHERNET);
    for (let id = text.indexOf("SessionID: 203."); id >= 0; id = text.indexOf("SessionID: 203.", id + 1)) {
      const callId = /^SessionID: (203\.\S+-d\d+)\r\n/.exec(text.toString("latin1", id, id + 60))?.[1];
      if (callId !== undefined && !times.has(callId)) {
        times.set(callId, pcap.readUInt32LE(at) * 1000 + pcap.readUInt32LE(at + 4) / 1000);
      }
    }
    at += PACKET_HEADER + length;
  }
  return times;
}
