import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ErrorJson } from "../http/contract.js";
import { USER_HEADER } from "../http/contract/paths.js";
import { Refused, Unreachable } from "./exit.js";

/** How long the daemon may be silent. */
const QUIET_MS = 30_000;
/** A deck of a million rows is read before it is answered, and a database copied; the daemon itself gives up after a quarter of an hour. */
const QUIET_UPLOAD_MS = 16 * 60_000;
const LONGEST_ANSWER = 64 * 1024 * 1024;

interface Body {
  readonly type: string;
  /** The policy version that the change is based on: refused where it is another by now. */
  readonly basedOn?: number | undefined;
  readonly content: string | Readable;
  readonly quietMs: number;
}

/** The daemon's API on its Unix socket. Every method throws Refused where the daemon says no, and Unreachable where it says
 *  nothing. Answers are taken for what the contract says: the daemon is ours. */
export class Client {
  constructor(
    private readonly socket: string,
    private readonly user: string,
  ) {}

  async get<T>(path: string): Promise<T> {
    return this.answer<T>(await this.ask("GET", path, null));
  }

  async send<T>(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: object,
    basedOn?: number,
  ): Promise<T> {
    const json = body === undefined ? null : JSON.stringify(body);
    const sent =
      json === null ? null : { type: "application/json", content: json, quietMs: QUIET_MS, basedOn };
    return this.answer<T>(await this.ask(method, path, sent));
  }

  async upload<T>(
    path: string,
    content: Readable,
    type = "text/csv",
    method: "POST" | "PUT" = "POST",
  ): Promise<T> {
    return this.answer<T>(await this.ask(method, path, { type, content, quietMs: QUIET_UPLOAD_MS }));
  }

  /** Sends rows and yields the answer's lines as they come. */
  async *exchange<T>(path: string, csv: Readable): AsyncGenerator<T> {
    const body = { type: "text/csv", content: csv, quietMs: QUIET_MS };
    for await (const line of this.linesOf(await this.ask("POST", path, body))) yield JSON.parse(line) as T;
  }

  /** Lines of text as they come, without their ends. */
  async *lines(path: string): AsyncGenerator<string> {
    for await (const line of this.linesOf(await this.ask("GET", path, null))) yield line.replace(/\r$/, "");
  }

  /** Writes the answer to `to` as it comes, and ends it. */
  async download(path: string, to: Writable): Promise<void> {
    const response = await this.ask("GET", path, null, QUIET_UPLOAD_MS);
    if (response.statusCode !== 200) await this.answer(response);
    let broken: unknown = null;
    response.once("error", (cause) => (broken = cause));
    try {
      await pipeline(response, to);
    } catch (cause) {
      throw broken === null ? cause : this.unreachable(cause);
    }
  }

  private async *linesOf(response: IncomingMessage): AsyncGenerator<string> {
    if (response.statusCode !== 200) await this.answer(response);
    let rest = "";
    try {
      for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
        const pieces = (rest + chunk).split("\n");
        rest = pieces.pop() ?? "";
        yield* pieces;
      }
    } catch (cause) {
      throw this.unreachable(cause);
    } finally {
      response.destroy();
    }
  }

  private ask(
    method: string,
    path: string,
    body: Body | null,
    quietMs = body?.quietMs ?? QUIET_MS,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request({
        socketPath: this.socket,
        agent: false,
        method,
        path,
        headers: {
          [USER_HEADER]: this.user,
          ...(body === null ? {} : { "content-type": body.type }),
          ...(body?.basedOn === undefined ? {} : { "if-match": `"${body.basedOn}"` }),
        },
        timeout: quietMs,
      });
      sent.once("response", resolve);
      // Stays: a connection may also break after the answer, and then its reader says so.
      sent.on("error", (cause) => reject(this.unreachable(cause)));
      sent.once("timeout", () => sent.destroy(new Error("it does not answer")));
      sendBody(sent, body, reject);
    });
  }

  private async answer<T>(response: IncomingMessage): Promise<T> {
    const text = await this.textOf(response);
    if (response.statusCode === 204) return undefined as T;
    const json = parsedJson(text);
    const status = response.statusCode ?? 0;
    if (json === undefined) throw new Unreachable(`what answers on ${this.socket} is not Ringfence`);
    if (status >= 200 && status < 300) return json as T;
    const { detail, faults } = json as Partial<ErrorJson>;
    throw new Refused(status, detail ?? `the daemon answered ${status}`, faults);
  }

  private async textOf(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > LONGEST_ANSWER) throw new Error("its answer has no end");
        chunks.push(chunk);
      }
    } catch (cause) {
      throw this.unreachable(cause);
    } finally {
      // An answer may come before the whole body is sent: what is left of it concerns nobody.
      response.destroy();
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  private unreachable(cause: unknown): Unreachable {
    const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : null;
    const why =
      code === "ENOENT" || code === "ECONNREFUSED"
        ? "is it running? (ringfence run)"
        : code === "EACCES"
          ? "you may not open its socket: ask to be put into its group, or use sudo"
          : String(cause);
    return new Unreachable(`The daemon can't be reached on ${this.socket}: ${why}`, { cause });
  }
}

function sendBody(sent: ClientRequest, body: Body | null, failed: (fault: Error) => void): void {
  if (body === null || typeof body.content === "string") {
    sent.end(body?.content);
    return;
  }
  const { content } = body;
  content.once("error", (fault) => {
    failed(fault);
    sent.destroy();
  });
  sent.once("close", () => content.destroy());
  content.pipe(sent);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Its absence is the answer: undefined is no JSON value.
    return undefined;
  }
}
