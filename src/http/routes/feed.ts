import { type Response, Router } from "express";
import { paths, type HappeningJson } from "../contract.js";
import { RequestRefused } from "../errors.js";
import { happeningJson } from "../json.js";
import type { Services } from "../services.js";

/** What one client may leave unread before happenings are left out for it. */
const UNREAD_BYTES = 256 * 1024;
const CLIENTS = 32;
/** Keeps proxies and clients from taking a quiet feed for a dead one. */
const HEARTBEAT_MS = 15_000;

export interface Feed {
  readonly router: Router;
  /** Ends every feed, so that the server can close. */
  close(): void;
}

/** The live feed, as server-sent events. A slow client loses happenings, and is told how many; it holds nobody up. */
export function feedRoutes(services: Pick<Services, "happenings">): Feed {
  const clients = new Set<Response>();
  const router = Router();
  router.get(paths.events, (request, response) => {
    if (clients.size >= CLIENTS) {
      throw new RequestRefused("refused", `There are ${CLIENTS} live feeds already: close one.`);
    }
    clients.add(response);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": connected\n\n");
    const send = boundedSender(response);
    const unsubscribe = services.happenings.subscribe((happening) => send(happeningJson(happening)));
    const heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write(": still here\n\n");
    }, HEARTBEAT_MS);
    response.once("close", () => {
      clearInterval(heartbeat);
      unsubscribe();
      clients.delete(response);
    });
    request.resume();
  });
  return {
    router,
    close() {
      for (const response of clients) response.end();
    },
  };
}

function boundedSender(response: Response): (happening: HappeningJson) => void {
  let missed = 0;
  const write = (happening: HappeningJson): void => {
    // JSON has no raw line breaks, so a hostile name can't begin an event of its own.
    response.write(`event: ${happening.type}\ndata: ${JSON.stringify(happening)}\n\n`);
  };
  return (happening) => {
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength > UNREAD_BYTES) {
      if (missed === 0) {
        response.once("drain", () => {
          write({ type: "missed", count: missed });
          missed = 0;
        });
      }
      missed++;
      return;
    }
    write(happening);
  };
}
