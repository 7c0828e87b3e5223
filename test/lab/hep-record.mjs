// Records the HEP packets that Asterisk sends, each behind its length in four bytes: a fixture for the reader. Runs on the
// PBX's host, until its input ends:
//   scripts/lab exec pbx node test/lab/hep-record.mjs FILE
import { createSocket } from "node:dgram";
import { createWriteStream } from "node:fs";

const file = createWriteStream(process.argv[2]);
const socket = createSocket("udp4", (packet) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(packet.length);
  file.write(Buffer.concat([length, packet]));
});
socket.bind(9060, "127.0.0.1", () => console.log("recording"));
process.stdin.resume().on("end", () => {
  socket.close();
  file.end();
});
