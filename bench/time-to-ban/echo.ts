// Sends back whatever comes to the echo port, from the address that it came to, until its stdin ends: what it does not send back
// never got past the kernel. Runs on the lab's host `pbx`. Prints `ready` once it listens.
import { createSocket } from "node:dgram";
import { ECHO_PORT, PBX } from "./sip.js";

const socket = createSocket("udp4", (bytes, from) => socket.send(bytes, from.port, from.address));
socket.bind({ address: PBX.address, port: ECHO_PORT }, () => {
  socket.setRecvBufferSize(1 << 20);
  process.stdout.write("ready\n");
});
process.stdin.on("end", () => process.exit(0)).resume();
