import { createTransport } from "nodemailer";
import type { Delivery, LinkingCourier } from "../guard/notification-ports.js";
import { headline, plain, sections, systemName } from "./text.js";

const CONNECT_MS = 10_000;
const QUIET_MS = 15_000;

/** Sends all messages in one mail, as text alone. The server's certificate is always checked. */
export const sendMail: LinkingCourier = async (messages, { email }, { smtpPassword }, uiUrl = null) => {
  if (email === null) return { ok: false, detail: "Mail is not set up.", again: false };
  const { host, port, security, user, from, to, ca } = email;
  const transport = createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user === null ? {} : { auth: { user, pass: smtpPassword ?? "" } }),
    tls: { minVersion: "TLSv1.2", ...(ca === null ? {} : { ca }) },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: QUIET_MS,
    dnsTimeout: CONNECT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { response, rejected } = await transport.sendMail({
      from: { name: "Ringfence", address: from },
      to: to.map((address) => ({ name: "", address })),
      subject: `[${systemName()}] ${headline(messages)}`,
      text: bodyOf(messages, uiUrl),
      headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
    });
    const refused =
      rejected.length === 0 ? "" : ` It refused ${rejected.map((each) => plain(each)).join(", ")}.`;
    return { ok: true, detail: `${host} took the mail: ${plain(response)}.${refused}` };
  } catch (fault) {
    return failureOf(fault, host);
  } finally {
    transport.close();
  }
};

function bodyOf(messages: Parameters<LinkingCourier>[0], uiUrl: string | null): string {
  const parts = sections(messages, uiUrl).map(({ title, lines, advice }) =>
    [title, ...lines.map((line) => `  ${line}`), "", ...advice].join("\n"),
  );
  return [
    ...parts,
    `Sent by Ringfence on ${systemName()}. Which notices go where is set with: ringfence notifications set`,
    "",
  ].join("\n\n");
}

/** A mail that the server will never take is not sent again; whatever else fails may be mended. */
function failureOf(fault: unknown, host: string): Delivery {
  const { code, responseCode, message } = fault as {
    code?: unknown;
    responseCode?: unknown;
    message?: unknown;
  };
  const refused = typeof responseCode === "number" && responseCode >= 500;
  const ofMail = code === "EENVELOPE" || code === "EMESSAGE";
  const detail = `${host}: ${plain(typeof message === "string" ? message : String(fault))}`;
  return { ok: false, detail, again: !(refused && ofMail) };
}
