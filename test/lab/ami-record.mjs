// Records the bytes that Asterisk's manager interface sends, as they are: a fixture for the parser. Runs on the PBX's host:
//   scripts/lab exec pbx node test/lab/ami-record.mjs FILE SECONDS
import { createWriteStream } from "node:fs";
import { connect } from "node:net";

const [file, seconds] = process.argv.slice(2);
const socket = connect(5038, "127.0.0.1");
socket.write("Action: Login\r\nUsername: ringfence\r\nSecret: lab-ami-secret\r\nActionID: login\r\n\r\n");
socket.pipe(createWriteStream(file));
setTimeout(() => socket.end("Action: Logoff\r\n\r\n"), Number(seconds) * 1000);
