// Tells the baresip on this host what to do: node baresip-command.mjs COMMAND [PARAMETERS]. Prints its answer.
import { connect } from "node:net";

const [command, params] = process.argv.slice(2);
const request = JSON.stringify({ command, ...(params !== undefined && { params }) });
const socket = connect(4444, "127.0.0.1", () => socket.write(`${Buffer.byteLength(request)}:${request},`));
socket.on("data", (chunk) => {
  const text = chunk.toString();
  // Events of the call come on the same connection.
  if (!text.includes('"response":true')) return;
  process.stdout.write(`${text}\n`);
  socket.destroy();
});
socket.setTimeout(10_000, () => socket.destroy(new Error("baresip does not answer")));
