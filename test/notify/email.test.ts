import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { Message } from "../../src/domain/notices/notice.js";
import type { EmailSettings } from "../../src/guard/notification-ports.js";
import { NO_NOTIFICATIONS } from "../../src/guard/notifications.js";
import { sendMail } from "../../src/notify/email.js";

let folder: string;
let certificate: { readonly key: string; readonly cert: string };
const stops: (() => Promise<unknown>)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-mail-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
    ],
    { stdio: "ignore" },
  );
  certificate = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly secure: boolean;
  readonly user: unknown;
}

/** A real mail server on loopback, and what it was given. */
async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    ...certificate,
    disableReverseLookup: true,
    onAuth({ username, password }, _session, done) {
      if (username === "ringfence" && password === "right") done(null, { user: username });
      else done(new Error("535 no such password"));
    },
    onData(stream, session, done) {
      let text = "";
      stream.on("data", (piece: Buffer) => (text += piece.toString("utf8")));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text,
          secure: session.secure,
          user: session.user,
        });
        done();
      });
    },
    ...options,
  });
  // A client that breaks off is what some of these tests are about.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, mails };
}

const message = (of: Partial<Message> = {}): Message => ({
  id: "m1",
  kind: "known-source",
  key: "known-source",
  title: "A known source was shut out",
  count: 1,
  firstAtMs: 0,
  lastAtMs: 0,
  lines: ["198.51.100.7 was shut out."],
  ...of,
});

function send(
  port: number,
  of: Partial<EmailSettings> = {},
  password: string | null = null,
  messages = [message()],
) {
  const email: EmailSettings = {
    ...{ host: "localhost", port, security: "starttls", user: null, ca: certificate.cert },
    ...{ from: "ringfence@example.org", to: ["admin@example.org", "boss@example.org"], ...of },
  };
  const secrets = { smtpPassword: password, webhookSecret: null, slackUrl: null };
  return sendMail(messages, { ...NO_NOTIFICATIONS, email }, secrets, "https://pbx.example.com");
}

test("a mail goes over STARTTLS, with its password, to everybody", async () => {
  const { port, mails } = await mailServer();
  expect(await send(port, { user: "ringfence" }, "right")).toMatchObject({ ok: true });
  expect(mails).toMatchObject([
    {
      from: "ringfence@example.org",
      to: ["admin@example.org", "boss@example.org"],
      secure: true,
      user: "ringfence",
    },
  ]);
  expect(mails[0]?.text).toMatch(/^Subject: \[.*\] A known source was shut out\r$/m);
  expect(mails[0]?.text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(mails[0]?.text).toContain("198.51.100.7 was shut out.");
  // Long lines are folded on the way.
  const words = mails[0]?.text.replace(/=\r\n/g, "") ?? "";
  expect(words).toContain("What to do: If it is yours, open the ban");
  expect(words).toMatch(/^https:\/\/pbx\.example\.com\/bans\r$/m);
});

test("TLS from the first byte", async () => {
  const { port, mails } = await mailServer({ secure: true, authOptional: true });
  expect(await send(port, { security: "tls" })).toMatchObject({ ok: true });
  expect(mails).toHaveLength(1);
});

test("none is plain, as for a relay on this machine", async () => {
  const { port, mails } = await mailServer({ authOptional: true, disabledCommands: ["STARTTLS"] });
  expect(await send(port, { security: "none", host: "127.0.0.1" })).toMatchObject({ ok: true });
  expect(mails).toMatchObject([{ secure: false }]);
});

test("a server without STARTTLS, or with a certificate of nobody's, gets no password", async () => {
  const plain = await mailServer({ disabledCommands: ["STARTTLS"], authOptional: true });
  expect(await send(plain.port, { user: "ringfence" }, "right")).toMatchObject({ ok: false, again: true });
  const unknown = await mailServer();
  expect(await send(unknown.port, { ca: null, user: "ringfence" }, "right")).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/certificate/i),
  });
  expect([...plain.mails, ...unknown.mails]).toEqual([]);
});

test("a wrong password may be mended, a mailbox that is not there will not", async () => {
  const { port } = await mailServer();
  expect(await send(port, { user: "ringfence" }, "wrong")).toMatchObject({ ok: false, again: true });
  const refusing = await mailServer({
    authOptional: true,
    onRcptTo: (_address, _session, done) =>
      done(Object.assign(new Error("no such user"), { responseCode: 550 })),
  });
  expect(await send(refusing.port)).toMatchObject({
    ok: false,
    again: false,
    detail: expect.stringContaining("no such user"),
  });
  const busy = await mailServer({
    authOptional: true,
    onMailFrom: (_address, _session, done) => done(Object.assign(new Error("later"), { responseCode: 451 })),
  });
  expect(await send(busy.port)).toMatchObject({ ok: false, again: true });
});

test("nobody there", async () => {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  expect(await send(port)).toMatchObject({
    ok: false,
    again: true,
    detail: expect.stringContaining("ECONNREFUSED"),
  });
});

test("what an attacker wrote adds no header, no link and no second mail", async () => {
  const { port, mails } = await mailServer({ authOptional: true });
  const hostile =
    "x\r\nBcc: evil@example.net\r\n\r\n.\r\nMAIL FROM:<e@e>\r\n\u202e<script> https://evil.example www.evil.example";
  await send(port, {}, null, [
    message({ lines: [hostile], count: 3 }),
    message({ id: "m2", title: "Another" }),
  ]);
  expect(mails).toHaveLength(1);
  const { text, to } = mails[0]!;
  expect(to).toHaveLength(2);
  const [head = "", ...rest] = text.split("\r\n\r\n");
  expect(head).not.toMatch(/bcc|evil|script/i);
  expect(head.replace(/\r\n\s+/g, " ")).toMatch(
    /^Subject: .*A known source was shut out \(3 times\), and 1 other notice/m,
  );
  expect(head).toMatch(/^Content-Type: text\/plain/m);
  const body = rest.join("\n").replace(/=\r\n/g, "");
  expect(body).not.toMatch(/^Bcc|^MAIL FROM|https:\/\/(?!pbx\.example\.com\/)|www\.evil/m);
});
