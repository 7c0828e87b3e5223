// Sends one SIP request byte for byte as told, over UDP, TCP, TLS or WebSocket, and prints the answer's first line. What SIPp tidies up
// or refuses to send goes through: escapes in the From user, line ends inside a header, bytes that are no UTF-8.
//
//   node sip-send.mjs --to 192.0.2.1 --from 203.0.113.10 --user 'x%0d%0aRemoteAddress%3a%20IPV4/UDP/8.8.8.8/5'
//   node sip-send.mjs --to 192.0.2.1 --authorization 'Digest username="100",realm="asterisk",nonce="x\r\ny",…'
//
// In every text, \r \n \t \0 \\ and \xHH stand for those bytes. In --authorization, {nonce}, {opaque} and
// {response:PASSWORD} are filled in from a challenge that is asked for first; --username and --uri are what the response
// is worked out for. {n} in --user, --username and --authorization is the number of the request: --count 30 --user 'guest{n}'
// tries thirty names. Each request comes from another port with --new-port. With --maddr ADDRESS, another of this host's, the
// answers are asked to go there: what forgers do to read the challenge of their victim.
import { createHash, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { parseArgs } from "node:util";
import WebSocket from "ws";

const { values } = parseArgs({
  options: {
    to: { type: "string", default: "192.0.2.1" },
    port: { type: "string" },
    from: { type: "string" },
    tcp: { type: "boolean", default: false },
    tls: { type: "boolean", default: false },
    ws: { type: "boolean", default: false },
    maddr: { type: "string" },
    method: { type: "string", default: "REGISTER" },
    user: { type: "string", default: "100" },
    username: { type: "string", default: "100" },
    uri: { type: "string" },
    "call-id": { type: "string" },
    authorization: { type: "string" },
    header: { type: "string", multiple: true, default: [] },
    count: { type: "string", default: "1" },
    "wait-ms": { type: "string", default: "1000" },
    "pause-ms": { type: "string", default: "0" },
    "new-port": { type: "boolean", default: false },
    raw: { type: "string" },
  },
});

const host = isIPv6(values.to) ? `[${values.to}]` : values.to;
const uri = values.uri ?? `sip:${host}`;
const port = Number(values.port ?? (values.ws ? "8088" : values.tls ? "5061" : "5060"));
const waitMs = Number(values["wait-ms"]);
const random = () => randomBytes(6).toString("hex");

function unescape(text) {
  const known = { r: "\r", n: "\n", t: "\t", 0: "\0", "\\": "\\" };
  // The command line is UTF-8; every character is sent as the bytes it was typed in.
  return Buffer.from(text, "utf8")
    .toString("latin1")
    .replace(/\\(?:x([0-9a-fA-F]{2})|([rnt0\\]))/g, (_, hex, letter) =>
      hex === undefined ? known[letter] : String.fromCharCode(parseInt(hex, 16)),
    );
}

function request(callId, sequence, local, user, authorization) {
  const transport = values.ws ? "WS" : values.tls ? "TLS" : values.tcp ? "TCP" : "UDP";
  const me = isIPv6(local.address) ? `[${local.address}]` : local.address;
  return [
    `${values.method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${me}:${local.port};${values.maddr === undefined ? "rport" : `maddr=${values.maddr}`};branch=z9hG4bK${random()}`,
    "Max-Forwards: 70",
    `From: <sip:${user}@${host}>;tag=${random()}`,
    `To: <sip:${user}@${host}>`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} ${values.method}`,
    `Contact: <sip:lab@${me}:${local.port}${transport === "UDP" ? "" : `;transport=${transport.toLowerCase()}`}>`,
    "Expires: 60",
    ...values.header.map(unescape),
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    "Content-Length: 0",
    "\r\n",
  ].join("\r\n");
}

const md5 = (text) => createHash("md5").update(text, "latin1").digest("hex");

function fillIn(template, challenge, username) {
  const field = (name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
  const nonce = field("nonce");
  return unescape(template)
    .replaceAll("{nonce}", nonce)
    .replaceAll("{opaque}", field("opaque"))
    .replace(/\{response:([^}]*)\}/g, (_, password) =>
      md5(`${md5(`${username}:${field("realm")}:${password}`)}:${nonce}:${md5(`${values.method}:${uri}`)}`),
    );
}

async function open() {
  if (values.ws) {
    const socket = new WebSocket(`ws://${host}:${port}/ws`, "sip", { localAddress: values.from });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    // Whoever is shut out is reset, or hears nothing more.
    socket.on("error", () => undefined);
    return {
      local: { address: values.from, port: 5060 },
      send: (text) => socket.send(text),
      heardBy: (listener) => {
        socket.removeAllListeners("message");
        if (listener !== null) socket.on("message", (data) => listener(Buffer.from(data)));
      },
      close: () => socket.terminate(),
    };
  }
  if (values.tcp || values.tls) {
    const wanted = { host: values.to, port, localAddress: values.from };
    // The lab's certificate is its own.
    const socket = values.tls ? connectTls({ ...wanted, rejectUnauthorized: false }) : connect(wanted);
    const ready = values.tls ? "secureConnect" : "connect";
    await new Promise((resolve, reject) => {
      socket.once(ready, resolve).once("error", reject);
      // Whoever is shut out already would be trying for minutes.
      socket.setTimeout(5_000, () => reject(new Error("no connection")));
    }).catch((error) => {
      if (error.message !== "no connection") throw error;
      console.log("(no answer)");
      process.exit(0);
    });
    socket.setTimeout(0);
    // Whoever is shut out is reset, or hears nothing more.
    socket.on("error", () => undefined);
    return {
      local: { address: socket.localAddress, port: socket.localPort },
      send: (text) => socket.write(text, "latin1"),
      heardBy: (listener) => {
        socket.removeAllListeners("data").on("data", listener ?? (() => undefined));
      },
      close: () => socket.destroy(),
    };
  }
  const socket = createSocket(isIPv6(values.to) ? "udp6" : "udp4");
  await new Promise((resolve, reject) => socket.once("error", reject).bind(0, values.from, resolve));
  socket.connect(port, values.to);
  await new Promise((resolve) => socket.once("connect", resolve));
  const local = socket.address();
  const ear = values.maddr === undefined ? socket : createSocket("udp4");
  if (ear !== socket) await new Promise((resolve) => ear.bind(local.port, values.maddr, resolve));
  return {
    local,
    send: (text) => socket.send(Buffer.from(text, "latin1")),
    heardBy: (listener) => {
      ear.removeAllListeners("message");
      if (listener !== null) ear.on("message", listener);
    },
    close: () => {
      socket.close();
      if (ear !== socket) ear.close();
    },
  };
}

/** Sends, and gives the first answer, or "" when none comes in time: a forged or mangled request may never get one. */
function ask(wire, text) {
  return new Promise((resolve) => {
    const hear = (bytes) => {
      clearTimeout(timer);
      wire.heardBy(null);
      resolve(bytes.toString("latin1"));
    };
    const timer = setTimeout(() => hear(Buffer.alloc(0)), waitMs);
    wire.heardBy(hear);
    wire.send(text);
  });
}

const firstLine = (answer) => (answer === "" ? "(no answer)" : answer.slice(0, answer.indexOf("\r\n")));

let wire = await open();
for (let n = 0; n < Number(values.count); n++) {
  if (n > 0) await pause(Number(values["pause-ms"]));
  if (n > 0 && values["new-port"]) {
    wire.close();
    wire = await open();
  }
  const callId = values["call-id"] === undefined ? random() : unescape(values["call-id"]);
  if (values.raw !== undefined) {
    console.log(firstLine(await ask(wire, unescape(values.raw))));
    continue;
  }
  const numbered = (text) => text.replaceAll("{n}", `${n}`);
  const user = numbered(unescape(values.user));
  let authorization;
  let sequence = 1;
  if (values.authorization !== undefined) {
    const needsChallenge = /\{(nonce|opaque|response:)/.test(values.authorization);
    const challenge = needsChallenge ? await ask(wire, request(callId, sequence++, wire.local, user)) : "";
    authorization = fillIn(numbered(values.authorization), challenge, numbered(values.username));
  }
  console.log(firstLine(await ask(wire, request(callId, sequence, wire.local, user, authorization))));
}
wire.close();
