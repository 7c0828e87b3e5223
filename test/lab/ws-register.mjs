import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { authorization } from "./sip-digest.mjs";

// node ws-register.mjs FROM PBX ACCOUNT PASSWORD: registers over SIP in a WebSocket (RFC 7118), as a browser does, and prints the
// status line of the last answer. By hand, since the address to come from has to be chosen.
const [from, pbx, account, password] = process.argv.slice(2);
const socket = connect({ host: pbx, port: 8088, localAddress: from });
const callId = randomBytes(8).toString("hex");
let bytes = Buffer.alloc(0);
let isOpen = false;
let sent = 0;

setTimeout(() => end("no answer"), 5_000).unref();
socket.on("connect", () =>
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: ${pbx}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  ),
);
socket.on("error", (error) => end(String(error)));
socket.on("data", (chunk) => {
  bytes = Buffer.concat([bytes, chunk]);
  if (!isOpen) {
    const head = bytes.indexOf("\r\n\r\n");
    if (head < 0) return;
    if (!bytes.toString("latin1", 0, head).startsWith("HTTP/1.1 101"))
      return end(bytes.toString("latin1", 0, head));
    bytes = bytes.subarray(head + 4);
    isOpen = true;
    register("");
  }
  for (let frame = nextFrame(); frame !== null; frame = nextFrame()) answered(frame);
});

function answered(text) {
  const [, challenge] = /^WWW-Authenticate: Digest (.*)$/im.exec(text) ?? [];
  if (!text.startsWith("SIP/2.0 401") || sent > 1) return end(text.split("\r\n")[0]);
  const uri = `sip:${pbx}`;
  register(`${authorization({ account, password, method: "REGISTER", uri, challenge })}\r\n`);
}

function register(proof) {
  sent++;
  write(
    `REGISTER sip:${pbx} SIP/2.0\r\nVia: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK${randomBytes(6).toString("hex")};rport\r\n` +
      `Max-Forwards: 70\r\nFrom: <sip:${account}@${pbx}>;tag=a1\r\nTo: <sip:${account}@${pbx}>\r\nCall-ID: ${callId}\r\n` +
      `CSeq: ${sent} REGISTER\r\nContact: <sip:${account}@df7jal23ls0d.invalid;transport=ws>;expires=300\r\n` +
      `User-Agent: a browser\r\n${proof}Content-Length: 0\r\n\r\n`,
  );
}

/** One masked text frame (RFC 6455, 5.2). */
function write(text) {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  socket.write(Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i % 4])]));
}

function nextFrame() {
  if (bytes.length < 2) return null;
  let [length, at] = [bytes[1] & 127, 2];
  if (length === 126) [length, at] = [bytes.length < 4 ? Infinity : bytes.readUInt16BE(2), 4];
  if (bytes.length < at + length) return null;
  const text = bytes.toString("utf8", at, at + length);
  bytes = bytes.subarray(at + length);
  return text;
}

function end(line) {
  process.stdout.write(`${line}\n`);
  // A registration ends with its connection in Asterisk; who wants to see it kept says so.
  if (process.env.STAY === undefined) process.exit(0);
}
