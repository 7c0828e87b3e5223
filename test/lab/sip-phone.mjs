// One telephone, or the carrier, that does step by step what SIPp's scenarios can't be put together to do.
//
//   node sip-phone.mjs LOCAL-ADDRESS PORT PBX ACCOUNT STEP…
//
// Steps, each begun when the one before is answered: `call:NUMBER`, `digits:123` (SIP INFO, one after the other), `reinvite:NUMBER`
// (another INVITE in the same dialog, with another number in its Request-URI and To), `second:NUMBER` (the same as a request of its own:
// the Call-ID without the dialog's tag), `refer:NUMBER`, `bye`, `wait:MS`, and `rings:STATUS`: answers what comes in with that status
// and no more. Prints one line of JSON a step: {"call":200}. Answers what it is asked until it is ended.
import { randomUUID } from "node:crypto";
import { createSocket } from "node:dgram";
import { clearInterval, setInterval, setTimeout } from "node:timers";
import { authorization } from "./sip-digest.mjs";

const [address, port, pbx, account, ...steps] = process.argv.slice(2);
const socket = createSocket("udp4");
const waiting = new Map();
let rings = 200;
const say = (step) => process.stdout.write(`${JSON.stringify(step)}\n`);
const headerOf = (message, name) =>
  new RegExp(`^${name}\\s*:\\s*(.*)$`, "im").exec(message)?.[1]?.trim() ?? "";
const sdp = `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio 20100 RTP/AVP 0\r\n`;

function send(lines, type, body = "") {
  const typed = body === "" ? [] : [`Content-Type: ${type}`];
  socket.send([...lines, ...typed, `Content-Length: ${body.length}`, "", body].join("\r\n"), 5060, pbx);
}

socket.on("message", (packet) => {
  const message = packet.toString("latin1");
  const [start] = message.split("\r\n");
  if (start.startsWith("SIP/2.0")) {
    const status = Number(start.split(" ")[1]);
    if (status >= 200)
      waiting.get(headerOf(message, "CSeq") + headerOf(message, "Call-ID"))?.(status, message);
    return;
  }
  if (start.startsWith("ACK")) return;
  const status = start.startsWith("INVITE") ? rings : 200;
  const copied = ["Via", "From", "Call-ID", "CSeq"].map((name) => `${name}: ${headerOf(message, name)}`);
  const to = headerOf(message, "To");
  const contact = `Contact: <sip:${account}@${address}:${port}>`;
  send(
    [`SIP/2.0 ${status} Well`, ...copied, `To: ${to}${to.includes("tag=") ? "" : ";tag=phone"}`, contact],
    "application/sdp",
    start.startsWith("INVITE") && status !== 180 ? sdp : "",
  );
});

const via = () => `Via: SIP/2.0/UDP ${address}:${port};rport;branch=z9hG4bK${randomUUID()}`;
const dialog = {
  callId: randomUUID(),
  from: `<sip:${account}@${pbx}>;tag=${randomUUID()}`,
  to: "",
  target: "",
  cseq: 0,
};

/** One request of the dialog, and again until it is answered; with its password if that is asked for, and with its ACK. */
async function request(
  method,
  { uri = dialog.target, to = dialog.to, more = [], type = "", body = "" } = {},
) {
  let proof = [];
  for (;;) {
    const cseq = ++dialog.cseq;
    const common = [`From: ${dialog.from}`, `Call-ID: ${dialog.callId}`, "Max-Forwards: 70"];
    const own = via();
    const contact = `Contact: <sip:${account}@${address}:${port}>`;
    const whole = [
      `${method} ${uri} SIP/2.0`,
      own,
      ...common,
      `To: ${to}`,
      `CSeq: ${cseq} ${method}`,
      contact,
      ...more,
      ...proof,
    ];
    const [status, message] = await new Promise((done) => {
      const again = setInterval(() => send(whole, type, body), 500);
      waiting.set(`${cseq} ${method}${dialog.callId}`, (...answer) => {
        clearInterval(again);
        done(answer);
      });
      send(whole, type, body);
    });
    const answered = headerOf(message, "To");
    const target = /<([^>]+)>/.exec(headerOf(message, "Contact"))?.[1] ?? uri;
    if (method === "INVITE") {
      const [where, through] = status < 300 ? [target, via()] : [uri, own];
      send([`ACK ${where} SIP/2.0`, through, ...common, `To: ${answered}`, `CSeq: ${cseq} ACK`]);
    }
    if (status === 401 && proof.length === 0) {
      const challenge = headerOf(message, "WWW-Authenticate");
      proof = [authorization({ account, password: `secret-${account}`, method, uri, challenge })];
      continue;
    }
    if (method === "INVITE" && status < 300 && dialog.target === "") {
      Object.assign(dialog, { to: answered, target });
      speak(/^m=audio (\d+)/m.exec(message)[1]);
    }
    return status;
  }
}

/** Silence, fifty packets a second: Asterisk ends a digit with the audio that comes after it. */
function speak(port) {
  const voice = createSocket("udp4");
  let count = 0;
  setInterval(() => {
    const packet = Buffer.alloc(172, 0xff);
    packet.writeUInt32BE(0x80000000 + (++count & 0xffff));
    packet.writeUInt32BE(count * 160, 4);
    packet.writeUInt32BE(1, 8);
    voice.send(packet, Number(port), pbx);
  }, 20);
}

const uriOf = (number) => `sip:${number}@${pbx}`;
const media = { type: "application/sdp", body: sdp };
const does = {
  call: (number) => request("INVITE", { uri: uriOf(number), to: `<${uriOf(number)}>`, ...media }),
  second: (number) => request("INVITE", { uri: uriOf(number), to: `<${uriOf(number)}>`, ...media }),
  reinvite: (number) => {
    const to = dialog.to.replace(/<[^>]*>/, `<${uriOf(number)}>`);
    return request("INVITE", { uri: uriOf(number), to, ...media });
  },
  digits: async (digits) => {
    const type = "application/dtmf-relay";
    let status = 0;
    for (const digit of digits)
      status = await request("INFO", { type, body: `Signal=${digit}\r\nDuration=100\r\n` });
    return status;
  },
  refer: (number) =>
    request("REFER", { more: [`Refer-To: <${uriOf(number)}>`, `Referred-By: <${uriOf(account)}>`] }),
  bye: () => request("BYE"),
  wait: (ms) => new Promise((done) => setTimeout(done, Number(ms), Number(ms))),
  rings: (status) => (rings = Number(status)),
};

socket.bind(Number(port), address, async () => {
  for (const step of steps) {
    const [, verb, rest] = /^(\w+):?(.*)$/.exec(step);
    say({ [verb]: await does[verb](rest) });
  }
});
