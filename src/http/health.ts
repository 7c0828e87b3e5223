import { type RequestHandler } from "express";
import type { Services, Status } from "./services.js";

const STATUS_MS = 2_000;

/** Whether every vital guard is up: 200 or 503, for load balancers and monitors. Strangers may ask, so it tells no more. */
export function healthz(services: Pick<Services, "status" | "clock">): RequestHandler {
  const status = sharedFor(STATUS_MS, services);
  return async (_request, response) => {
    const { guards } = await status();
    const ok = guards.every((guard) => guard.up || !guard.vital);
    response
      .status(ok ? 200 : 503)
      .json({ ok, guards: Object.fromEntries(guards.map(({ name, up }) => [name, up])) });
  };
}

/** The status of at most `ms` ago: to find out takes a process and a few queries, and strangers may ask as often as they like. */
export function sharedFor(ms: number, services: Pick<Services, "status" | "clock">): () => Promise<Status> {
  let asked: { readonly atMs: number; readonly answer: Promise<Status> } | null = null;
  return () => {
    const nowMs = services.clock.nowMs();
    if (asked === null || nowMs - asked.atMs >= ms) {
      asked = { atMs: nowMs, answer: Promise.resolve().then(() => services.status()) };
    }
    return asked.answer;
  };
}
