import { randomBytes } from "node:crypto";
import { type Response, Router } from "express";
import { whoAsks } from "../access/caller.js";
import { paths, type HappeningJson } from "../contract.js";
import { TooMany } from "../errors.js";
import { happeningJson } from "../json.js";
import type { Services } from "../services.js";

/** What one client may leave unread before happenings are left out for it. */
const UNREAD_BYTES = 256 * 1024;
const CLIENTS = 64;
/** Of one person, token or command: nobody takes all of them. */
const CLIENTS_OF_ONE = 12;
/** Keeps proxies and clients from taking a quiet feed for a dead one, and asks whether its reader still may read. */
const HEARTBEAT_MS = 15_000;
/** What is kept for who comes back after a break. */
const KEPT = 500;

export interface Feed {
  readonly router: Router;
  /** Ends every feed, so that the server can close. */
  close(): void;
}

interface Kept {
  readonly number: number;
  readonly text: string;
}

/** The live feed, as server-sent events. A slow client loses happenings, and is told how many; it holds nobody up. Who comes back
 *  with `Last-Event-ID` is told what happened meanwhile, or by `missed` that it can't be. */
export function feedRoutes(services: Pick<Services, "happenings">): Feed {
  const clients = new Map<Response, { readonly by: string; send(event: Kept): void }>();
  // Numbers of another run of the daemon mean nothing here.
  const run = randomBytes(6).toString("hex");
  const kept: Kept[] = [];
  let last = 0;
  const unsubscribe = services.happenings.subscribe((happening) => {
    const event = { number: ++last, text: eventText(happeningJson(happening), `${run}-${last}`) };
    kept.push(event);
    if (kept.length > KEPT) kept.shift();
    for (const client of clients.values()) client.send(event);
  });

  const router = Router();
  router.get(paths.events, (request, response) => {
    const caller = whoAsks(request);
    const { by } = caller;
    const own = [...clients.values()].filter((client) => client.by === by).length;
    if (own >= CLIENTS_OF_ONE || clients.size >= CLIENTS) {
      throw new TooMany("There are too many live feeds already: close one.", HEARTBEAT_MS / 1000);
    }
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": connected\n\n");
    const send = boundedSender(response);
    for (const event of sinceLast(request.get("last-event-id"), run, last, kept)) send(event);
    clients.set(response, { by, send });
    const heartbeat = setInterval(() => {
      if (!caller.stillMay()) response.end();
      else if (!response.writableNeedDrain) response.write(": still here\n\n");
    }, HEARTBEAT_MS);
    response.once("close", () => {
      clearInterval(heartbeat);
      clients.delete(response);
    });
    request.resume();
  });
  return {
    router,
    close() {
      unsubscribe();
      for (const response of clients.keys()) response.end();
    },
  };
}

/** What a client has not seen; where that is not kept any more, one `missed`. */
function sinceLast(
  id: string | undefined,
  run: string,
  last: number,
  kept: readonly Kept[],
): readonly Kept[] {
  if (id === undefined) return [];
  const seen = id.startsWith(`${run}-`) ? Number(id.slice(run.length + 1)) : NaN;
  const first = kept[0]?.number ?? last + 1;
  if (Number.isInteger(seen) && seen <= last && seen >= first - 1) {
    return kept.filter(({ number }) => number > seen);
  }
  // Of another run nobody knows how many; 0 says so.
  const count = Number.isInteger(seen) && seen < first ? first - 1 - seen : 0;
  return [{ number: first - 1, text: eventText({ type: "missed", count }, null) }, ...kept];
}

/** JSON has no raw line breaks, so a hostile name can't begin an event of its own. */
function eventText(happening: HappeningJson, id: string | null): string {
  const head = id === null ? "" : `id: ${id}\n`;
  return `${head}event: ${happening.type}\ndata: ${JSON.stringify(happening)}\n\n`;
}

function boundedSender(response: Response): (event: Kept) => void {
  let missed = 0;
  return ({ text }) => {
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength > UNREAD_BYTES) {
      if (missed === 0) {
        response.once("drain", () => {
          response.write(eventText({ type: "missed", count: missed }, null));
          missed = 0;
        });
      }
      missed++;
      return;
    }
    response.write(text);
  };
}
