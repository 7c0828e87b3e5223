import type { OutgoingHttpHeaders } from "node:http";
import type { Role } from "../../../src/domain/access.js";
import { type Answer, ask, type TestApi } from "./api.js";

export interface Web {
  /** Over TCP, as a program would: without cookie or token unless they are given. */
  send(method: string, path: string, body?: unknown, headers?: OutgoingHttpHeaders): Promise<Answer>;
  signIn(user: string, password: string, more?: object, headers?: OutgoingHttpHeaders): Promise<Answer>;
  /** Makes the user and signs in. */
  as(role: Role, name?: string): Promise<SignedIn>;
}

export interface SignedIn {
  readonly name: string;
  readonly cookie: string;
  readonly csrf: string;
  /** As the UI does. */
  send(method: string, path: string, body?: unknown, headers?: OutgoingHttpHeaders): Promise<Answer>;
}

export const PASSWORD = "correct horse battery";

/** A browser's and a program's way to the API. */
export function web(api: TestApi): Web {
  const send: Web["send"] = (method, path, body, headers = {}) =>
    ask({ host: "127.0.0.1", port: api.running.tcpPort, method, path, headers }, body);
  const signIn: Web["signIn"] = (user, password, more = {}, headers = {}) =>
    send("POST", "/api/v1/session", { user, password, ...more }, headers);
  return {
    send,
    signIn,
    async as(role, name = role) {
      await api.services.access.users.add(name, role, PASSWORD, "test");
      return sessionOf(name, await signIn(name, PASSWORD), send);
    },
  };
}

export function sessionOf(name: string, answer: Answer, send: Web["send"]): SignedIn {
  const cookie = cookieOf(answer);
  const { csrf } = JSON.parse(answer.text) as { csrf: string };
  return {
    name,
    cookie,
    csrf,
    send: (method, path, body, headers = {}) =>
      send(method, path, body, { cookie, "ringfence-csrf": csrf, ...headers }),
  };
}

/** What the browser would send back. */
export function cookieOf({ headers, status, text }: Answer): string {
  const [cookie] = headers["set-cookie"] ?? [];
  if (cookie === undefined) throw new Error(`no cookie in ${status} ${text}`);
  return cookie.split(";")[0] ?? "";
}

export function codeOf({ status, text }: Answer): string {
  return `${status} ${(JSON.parse(text) as { code?: string }).code ?? ""}`.trim();
}
