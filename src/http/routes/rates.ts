import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Request, Router } from "express";
import { z } from "zod";
import { type DeckImportJson, type DecksJson, paths, type RateAnswerJson } from "../contract.js";
import { RequestRefused } from "../errors.js";
import { deckImportJson, deckJson, rateJson } from "../json.js";
import { callerOf, done, parsed, requireCsv } from "../parse.js";
import type { Services } from "../services.js";

/** A million rows take about 60 MB. */
const DECK_LIMIT_BYTES = 512 * 1024 * 1024;

const DeckName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/i, "a deck's name has letters, digits, . _ - only");
const ImportQuery = z.strictObject({ dryRun: z.enum(["0", "1"], "dryRun is 0 or 1").optional() });

export function rateRoutes({ rates }: Pick<Services, "rates">): Router {
  const router = Router();
  router.get(paths.decks, async (_request, response) => {
    response.json({ decks: (await rates.decks()).map(deckJson) } satisfies DecksJson);
  });
  router.post("/api/v1/decks/:name", async (request, response) => {
    const name = parsed(DeckName, request.params.name);
    const dryRun = parsed(ImportQuery, request.query).dryRun === "1";
    const result = await withBodyInFile(request, (file) =>
      rates.importFile(file, { name, dryRun, by: callerOf(request) }),
    );
    response.json(deckImportJson(name, dryRun, done(result)) satisfies DeckImportJson);
  });
  router.get("/api/v1/rates/:digits", async (request, response) => {
    const { number, rates: found } = done(await rates.lookup(request.params.digits.trim()));
    if (found.length === 0) throw new RequestRefused("not-found", `No deck has a rate for ${number}.`);
    response.json({ number, rates: found.map(rateJson) } satisfies RateAnswerJson);
  });
  return router;
}

/** Hands `work` a file with the CSV of the body, which is gone afterwards. */
async function withBodyInFile<T>(request: Request, work: (file: string) => Promise<T>): Promise<T> {
  requireCsv(request);
  const folder = await mkdtemp(join(tmpdir(), "ringfence-deck-"));
  try {
    const file = join(folder, "deck.csv");
    await pipeline(request, atMost(DECK_LIMIT_BYTES), createWriteStream(file, { mode: 0o600 }));
    return await work(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function atMost(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      if (bytes > limit) callback(new RequestRefused("too-large", `The file is larger than ${limit} bytes.`));
      else callback(null, chunk);
    },
  });
}
