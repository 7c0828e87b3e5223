import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Router } from "express";
import { paths } from "../contract.js";
import type { Services } from "../services.js";

/** The whole database as a file: rules, bans, calls, decks, users. Whoever holds it holds the hashes of their passwords. */
export function backupRoutes(services: Pick<Services, "backup" | "clock">): Router {
  const router = Router();
  router.get(paths.backup, async (_request, response) => {
    const folder = await mkdtemp(join(tmpdir(), "ringfence-backup-"));
    try {
      const file = join(folder, "ringfence.db");
      await services.backup(file);
      const day = new Date(services.clock.nowMs()).toISOString().slice(0, 10);
      response.attachment(`ringfence-${day}.db`);
      response.type("application/vnd.sqlite3");
      response.set("Content-Length", String((await stat(file)).size));
      await pipeline(createReadStream(file), response);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  return router;
}
