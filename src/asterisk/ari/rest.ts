import http from "node:http";
import https from "node:https";
import { RingfenceError } from "../../domain/error.js";
import { originOf, type AriSettings } from "./settings.js";

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface AskOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Keeps connections; left out: one of its own, since one that was kept and has died meanwhile fails the request. */
  readonly agent?: http.Agent | false;
}

const MAX_BODY = 4 * 1024 * 1024;

/** One authenticated request, with the HTTP status that ari-client loses. `body` is the JSON, null where it is none. Throws
 *  a RingfenceError: `asterisk-refused` on 401, `asterisk-unreachable` where no answer comes within `deadlineMs`. */
export function ask(
  settings: AriSettings,
  method: "GET" | "DELETE" | "POST" | "PUT",
  path: string,
  deadlineMs: number,
  { body = null, agent = false }: AskOptions = {},
): Promise<RestAnswer> {
  const url = new URL(path, originOf(settings.url));
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(new RingfenceError("asterisk-unreachable", `ARI at ${url.host}: ${cause.message}`, { cause }));
    // Not a signal of its own: that would time out, and make an error of it, long after the answer.
    const late = setTimeout(
      () => outgoing.destroy(new Error(`no answer in ${Math.ceil(deadlineMs)} ms`)),
      Math.ceil(deadlineMs),
    );
    const outgoing = request(url, {
      method,
      agent,
      headers: {
        ...(body !== null && { "content-type": "application/json" }),
        authorization: `Basic ${Buffer.from(`${settings.username}:${settings.password}`).toString("base64")}`,
      },
    });
    outgoing.on("error", fail);
    outgoing.on("close", () => clearTimeout(late));
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY) outgoing.destroy(new Error(`more than ${MAX_BODY} bytes for ${path}`));
        else chunks.push(chunk);
      });
      response.on("error", fail);
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        if (status === 401) {
          reject(
            new RingfenceError(
              "asterisk-refused",
              `ARI at ${url.host} does not take the password of user "${settings.username}": compare it with ari.conf`,
            ),
          );
          return;
        }
        resolve({ status, body: jsonOf(Buffer.concat(chunks).toString("utf8")) });
      });
    });
    outgoing.end(body === null ? undefined : JSON.stringify(body));
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
