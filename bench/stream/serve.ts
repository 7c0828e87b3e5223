// Plays Asterisk's part for the stream benchmark, in a process of its own so that only the reader's work is counted: sends a file
// to whoever connects, as fast as it is read, and prints the port first. Ends with its stdin.
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";

const bytes = readFileSync(process.argv[2] ?? "");
const server = createServer((socket) => {
  socket.on("error", () => socket.destroy());
  socket.end(bytes);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.stdin.on("end", () => process.exit(0)).resume();
