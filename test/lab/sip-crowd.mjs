// Plays many SIP devices of one host at once, each from an address of its own choice and at its own pace, with digest
// authentication. Reads a JSON list of devices (see play-crowd.ts) from its input, and prints `{"name":["200","401","-", …]}`: for each
// request the last status it got, `-` where none came.
import { createHash, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import { text } from "node:stream/consumers";
import { clearTimeout, setTimeout } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

const PATIENCE_MS = 10_000;
const random = () => randomBytes(6).toString("hex");
const md5 = (value) => createHash("md5").update(value).digest("hex");

const devices = JSON.parse(await text(process.stdin));
const told = await Promise.all(devices.map(async (device) => [device.name, await play(device)]));
process.stdout.write(`${JSON.stringify(Object.fromEntries(told))}\n`);

async function play(device) {
  const { count = 1, everyMs = 200, startMs = 0, newPort = false } = device;
  const statuses = [];
  const keeps = { callId: `${random()}@lab`, challenge: null, sequence: 0 };
  let link = null;
  await pause(startMs);
  for (let n = 0; n < count; n++) {
    if (n > 0) await pause(everyMs);
    if (link === null || newPort || link.isOver()) {
      link?.close();
      link = await open(device);
    }
    statuses.push(await attempt(device, n, link, keeps));
  }
  link?.close();
  return statuses;
}

/** One try: the request, and where it is challenged the answer to it. */
async function attempt(device, n, link, keeps) {
  const { method = "REGISTER", password = null, oneCallId, keepsNonce, sentAgain = 0 } = device;
  const passwords = password === null || Array.isArray(password) ? password : [password];
  const fill = (value) => value.replaceAll("{n}", `${n}`);
  const secret = passwords === null ? null : fill(passwords[Math.min(n, passwords.length - 1)]);
  const user = fill(device.user);
  const host = isIPv6(device.from) ? `[${device.to}]` : device.to;
  const uri = method === "REGISTER" ? `sip:${host}` : `sip:${user}@${host}`;
  const of = { ...{ method, user, uri, host, secret }, callId: oneCallId ? keeps.callId : `${random()}@lab` };
  const ask = async (challenge) => {
    const sequence = ++keeps.sequence;
    const message = request(device, of, link, sequence, challenge);
    for (let copy = 0; copy <= sentAgain; copy++) setTimeout(() => link.send(message), copy * 30);
    const answer = await link.answer(`${sequence} ${method}`);
    const nonce = /nonce="([^"]+)"/.exec(answer ?? "")?.[1];
    if (nonce !== undefined) keeps.challenge = { nonce, opaque: /opaque="([^"]+)"/.exec(answer)?.[1] };
    return answer;
  };
  let answer = await ask(keepsNonce ? keeps.challenge : null);
  if (secret !== null && /^SIP\/2\.0 40[17] /.test(answer ?? "")) answer = await ask(keeps.challenge);
  return answer === null ? "-" : answer.slice(8, 11);
}

function request(device, { method, user, uri, host, secret, callId }, link, sequence, challenge) {
  const me = `${isIPv6(device.from) ? `[${device.from}]` : device.from}:${link.port}`;
  const transport = (device.transport ?? "udp").toUpperCase();
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${me};rport;branch=z9hG4bK${random()}`,
    "Max-Forwards: 70",
    `From: <sip:${user}@${host}>;tag=${random()}`,
    `To: <sip:${user}@${host}>`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} ${method}`,
    `Contact: <sip:${user}@${me}>`,
    "Expires: 300",
    ...(device.userAgent === undefined ? [] : [`User-Agent: ${device.userAgent}`]),
    ...(challenge === null ? [] : [`Authorization: ${digest(user, uri, method, secret, challenge)}`]),
    "Content-Length: 0",
    "\r\n",
  ].join("\r\n");
}

function digest(user, uri, method, secret, { nonce, opaque }) {
  const response = md5(`${md5(`${user}:asterisk:${secret}`)}:${nonce}:${md5(`${method}:${uri}`)}`);
  const tail = opaque === undefined ? "" : `,opaque="${opaque}"`;
  return `Digest username="${user}",realm="asterisk",nonce="${nonce}",uri="${uri}",response="${response}"${tail}`;
}

/** A socket that answers by the CSeq: `answer` gives the final answer to a request, null where none comes. */
async function open({ transport = "udp", from, to, patienceMs = PATIENCE_MS }) {
  const waiting = new Map();
  const hear = (message) => {
    const sequence = /^CSeq: *(.*?)\r$/im.exec(message)?.[1];
    if (/^SIP\/2\.0 [2-6]/.test(message)) waiting.get(sequence)?.(message);
  };
  const answer = (sequence) =>
    new Promise((done) => {
      const end = (message) => {
        clearTimeout(timer);
        waiting.delete(sequence);
        done(message);
      };
      const timer = setTimeout(() => end(null), patienceMs);
      waiting.set(sequence, end);
    });
  return transport === "udp"
    ? overUdp(from, to, hear, answer)
    : overStream(transport, from, to, patienceMs, hear, answer);
}

async function overUdp(from, to, hear, answer) {
  const socket = createSocket(isIPv6(from) ? "udp6" : "udp4");
  await new Promise((done, fail) => socket.once("error", fail).bind(0, from, done));
  let isOpen = true;
  // Whoever is shut out may be told so.
  socket.on("error", () => undefined);
  socket.on("message", (message) => hear(message.toString("latin1")));
  return {
    port: socket.address().port,
    send: (message) => isOpen && socket.send(message, 5060, to),
    answer,
    isOver: () => false,
    close: () => {
      isOpen = false;
      socket.close();
    },
  };
}

async function overStream(transport, from, to, patienceMs, hear, answer) {
  const socket =
    transport === "tls"
      ? connectTls({ host: to, port: 5061, localAddress: from, rejectUnauthorized: false })
      : connect({ host: to, port: 5060, localAddress: from });
  let isOver = false;
  socket.on("error", () => (isOver = true)).on("close", () => (isOver = true));
  const connected = new Promise((done) =>
    socket.once(transport === "tls" ? "secureConnect" : "connect", done),
  );
  await Promise.race([connected, pause(patienceMs)]);
  let rest = "";
  socket.on("data", (bytes) => {
    const messages = (rest + bytes.toString("latin1")).split("\r\n\r\n");
    rest = messages.pop();
    messages.forEach((message) => hear(`${message}\r\n`));
  });
  const send = (message) => isOver || socket.write(message);
  return { port: socket.localPort, send, answer, isOver: () => isOver, close: () => socket.destroy() };
}
