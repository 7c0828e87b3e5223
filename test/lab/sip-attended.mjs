// A telephone that makes two calls and joins them: an attended transfer, which SIPp can't do, since it needs two dialogs at once.
//
//   node sip-attended.mjs LOCAL-ADDRESS PORT PBX ACCOUNT PASSWORD FIRST SECOND
//
// Calls FIRST, then SECOND, and sends REFER with Replaces in the first call. With the word `forged` ahead of SECOND it makes no second
// call, and names one that does not exist. Prints one line of JSON a step: {"first":200}, {"second":403}, {"refer":202}, {"notify":"200"}.
import { randomUUID } from "node:crypto";
import { createSocket } from "node:dgram";
import { clearInterval, setInterval } from "node:timers";
import { authorization } from "./sip-digest.mjs";

const [address, port, pbx, account, password, first, ...rest] = process.argv.slice(2);
const isForged = rest[0] === "forged";
const second = rest.at(-1);
const socket = createSocket("udp4");
const answers = new Map();
const say = (step) => process.stdout.write(`${JSON.stringify(step)}\n`);
const headerOf = (message, name) =>
  new RegExp(`^${name}\\s*:\\s*(.*)$`, "im").exec(message)?.[1]?.trim() ?? "";
const tagOf = (header) => /;tag=([^;>\s]+)/.exec(header)?.[1] ?? "";

function send(lines, body = "") {
  const type = body === "" ? [] : ["Content-Type: application/sdp"];
  socket.send([...lines, ...type, `Content-Length: ${body.length}`, "", body].join("\r\n"), 5060, pbx);
}

socket.on("message", (packet) => {
  const message = packet.toString("latin1");
  const [start] = message.split("\r\n");
  if (start.startsWith("SIP/2.0")) {
    const status = Number(start.split(" ")[1]);
    const waiting = answers.get(headerOf(message, "CSeq") + headerOf(message, "Call-ID"));
    if (status >= 200) waiting?.({ status, message });
    return;
  }
  // Whatever Asterisk asks of us is well.
  const copied = ["Via", "From", "To", "Call-ID", "CSeq"].map(
    (name) => `${name}: ${headerOf(message, name)}`,
  );
  send(["SIP/2.0 200 OK", ...copied]);
  const told = /^SIP\/2.0 (\d{3})/m.exec(message.slice(start.length))?.[1];
  if (start.startsWith("NOTIFY") && told !== undefined) say({ notify: told });
});

/** One request, and again until it is answered: UDP loses packets. */
function request(method, cseq, callId, lines, body) {
  const branch = `z9hG4bK${randomUUID()}`;
  const key = `${cseq} ${method}${callId}`;
  return new Promise((resolve) => {
    const whole = [
      lines[0],
      `Via: SIP/2.0/UDP ${address}:${port};rport;branch=${branch}`,
      "Max-Forwards: 70",
      `Contact: <sip:${account}@${address}:${port}>`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      ...lines.slice(1),
    ];
    const again = setInterval(() => send(whole, body), 500);
    answers.set(key, (answer) => {
      clearInterval(again);
      resolve(answer);
    });
    send(whole, body);
  });
}

function proofOf(method, uri, message) {
  const challenge = headerOf(message, "WWW-Authenticate");
  return authorization({ account, password, method, uri, challenge });
}

/** Calls a number; gives the dialog. */
async function call(number, media) {
  const uri = `sip:${number}@${pbx}`;
  const [callId, tag] = [randomUUID(), randomUUID().slice(0, 8)];
  const sdp = `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${media} RTP/AVP 0\r\n`;
  const from = `From: <sip:${account}@${pbx}>;tag=${tag}`;
  let cseq = 1;
  let answer = await request("INVITE", cseq, callId, [`INVITE ${uri} SIP/2.0`, from, `To: <${uri}>`], sdp);
  const acknowledge = () => {
    const target = /<([^>]+)>/.exec(headerOf(answer.message, "Contact"))?.[1] ?? uri;
    send([
      `ACK ${answer.status === 200 ? target : uri} SIP/2.0`,
      `Via: ${answer.status === 200 ? `SIP/2.0/UDP ${address}:${port};rport;branch=z9hG4bK${randomUUID()}` : headerOf(answer.message, "Via")}`,
      "Max-Forwards: 70",
      from,
      `To: ${headerOf(answer.message, "To")}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ACK`,
    ]);
    return target;
  };
  acknowledge();
  if (answer.status === 401) {
    const lines = [`INVITE ${uri} SIP/2.0`, from, `To: <${uri}>`, proofOf("INVITE", uri, answer.message)];
    answer = await request("INVITE", ++cseq, callId, lines, sdp);
  }
  const target = acknowledge();
  const to = headerOf(answer.message, "To");
  return { status: answer.status, callId, tag, from, to, target, cseq, uri };
}

async function refer(dialog, target) {
  const lines = (more) => [
    `REFER ${dialog.target} SIP/2.0`,
    dialog.from,
    `To: ${dialog.to}`,
    `Refer-To: <${target}>`,
    `Referred-By: <sip:${account}@${pbx}>`,
    ...more,
  ];
  const cseq = dialog.cseq + 1;
  const answer = await request("REFER", cseq, dialog.callId, lines([]));
  if (answer.status !== 401) return answer;
  const proof = proofOf("REFER", dialog.target, answer.message);
  return request("REFER", cseq + 1, dialog.callId, lines([proof]));
}

socket.bind(Number(port), address, async () => {
  const held = await call(first, 20_000);
  say({ first: held.status });
  if (held.status !== 200) process.exit(0);
  const other = isForged
    ? { status: 200, callId: "no-such-call", tag: "a", to: ";tag=b" }
    : await call(second, 20_002);
  if (!isForged) say({ second: other.status });
  if (other.status === 200) {
    const replaces = `${other.callId};to-tag=${tagOf(other.to)};from-tag=${other.tag}`;
    const { status } = await refer(held, `sip:${second}@${pbx}?Replaces=${encodeURIComponent(replaces)}`);
    say({ refer: status });
  }
  // Goes on answering until it is ended.
});
