import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Delivery } from "../guard/notification-ports.js";
import { faultOfUrl, lookupAllowed } from "./allowed-url.js";
import { plain } from "./text.js";

const DEADLINE_MS = 15_000;
/** Of an answer nothing is needed but its status, and in a failure its first words. */
const READ_BYTES = 300;
/** The request itself is wrong: it will be no better later. */
const HOPELESS = [400, 410, 413, 414, 422];

/** Posts JSON, once. Redirects are not followed: who is to be told is set by an administrator, not by whoever answers. */
export function postJson(
  address: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Delivery> {
  const fault = faultOfUrl(address);
  if (fault !== null) return Promise.resolve({ ok: false, detail: fault, again: false });
  const url = new URL(address);
  return new Promise((resolve) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const sent = send(url, {
      method: "POST",
      agent: false,
      lookup: lookupAllowed,
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        "user-agent": "Ringfence",
        ...headers,
      },
    });
    const deadline = setTimeout(() => sent.destroy(new Error("no answer in time")), DEADLINE_MS);
    const end = (delivery: Delivery): void => {
      clearTimeout(deadline);
      resolve(delivery);
      sent.destroy();
    };
    sent.on("error", (error) =>
      end({ ok: false, detail: `${url.host}: ${plain(error.message)}`, again: true }),
    );
    sent.once("response", (response) => {
      const status = response.statusCode ?? 0;
      let text = "";
      const answered = (): void => end(deliveryOf(status, text, url.host));
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
        if (text.length >= READ_BYTES) answered();
      });
      response.once("end", answered);
      response.once("error", answered);
    });
    sent.end(body);
  });
}

function deliveryOf(status: number, text: string, host: string): Delivery {
  if (status >= 200 && status < 300) return { ok: true, detail: `${host} answered ${status}.` };
  const said = text.trim() === "" ? "" : `: ${plain(text.trim().slice(0, READ_BYTES))}`;
  const redirect =
    status >= 300 && status < 400 ? " Redirects are not followed: set the address that it leads to." : "";
  return {
    ok: false,
    detail: `${host} answered ${status}${said}.${redirect}`,
    again: !HOPELESS.includes(status),
  };
}
