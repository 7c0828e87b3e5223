import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request, type RequestOptions } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HttpOptions, type RunningHttp, startHttp } from "../../../src/http/server.js";
import { checkAnswer } from "./contract.js";
import { FakeServices, FakeLog } from "./services.js";

export interface TestApi {
  readonly socket: string;
  readonly services: FakeServices;
  readonly log: FakeLog;
  readonly running: RunningHttp;
  stop(): Promise<void>;
}

/** The real server on a Unix socket in a folder of its own, and on a free TCP port of loopback. */
export async function startApi(how: Partial<HttpOptions> = {}): Promise<TestApi> {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-api-"));
  const socket = join(folder, "run", "ringfence.sock");
  const services = new FakeServices();
  const log = new FakeLog();
  const ui = join(folder, "ui");
  const options = { socket, tcp: { host: "127.0.0.1", port: 0 }, ui, ...how };
  const running = await startHttp(options, services, log);
  return {
    socket,
    services,
    log,
    running,
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request; an object is sent as JSON, text as it is. */
export function ask(options: RequestOptions, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const headers: OutgoingHttpHeaders =
      text === undefined
        ? {}
        : {
            "content-length": Buffer.byteLength(text),
            ...(typeof body !== "string" && { "content-type": "application/json" }),
          };
    const sent = request(
      { ...options, headers: { ...headers, ...(options.headers as OutgoingHttpHeaders | undefined) } },
      (response) => {
        let got = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (got += chunk));
        response.on("end", () => {
          // An answer may come before the whole body is sent: what is left of it concerns nobody.
          sent.destroy();
          const answer = { status: response.statusCode ?? 0, headers: response.headers, text: got };
          try {
            checkAnswer(options.method ?? "GET", options.path ?? "/", answer);
            resolve(answer);
          } catch (fault) {
            reject(fault instanceof Error ? fault : new Error(String(fault)));
          }
        });
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(text);
  });
}

/** Waits until `condition` holds; a generous deadline, since the machine may be busy. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("it never came true");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
