import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Request, Router } from "express";
import { z } from "zod";
import { parseDeckSettings, type SettingTexts } from "../../guard/deck-settings.js";
import type { DeckInfo } from "../../guard/ports.js";
import type { FileSettings } from "../../guard/rates.js";
import type { RateRules } from "../../guard/rules.js";
import {
  BindDeckSchema,
  SetRateRulesSchema,
  type DeckAfterJson,
  type DeckImportJson,
  type DecksJson,
  paths,
  type RateAnswerJson,
  type RateRulesJson,
  type TrunkDecksJson,
} from "../contract.js";
import { deckName } from "../contract/fields.js";
import { RequestRefused } from "../errors.js";
import { deckImportJson, deckJson, rateJson } from "../json.js";
import { callerOf, done, parsed, requireCsv } from "../parse.js";
import type { Services } from "../services.js";

/** A million rows take about 60 MB. */
const DECK_LIMIT_BYTES = 512 * 1024 * 1024;

const Flag = z.enum(["0", "1"], "0 or 1");
const Setting = z.string().max(2_000).optional();
export const ImportQuery = z.strictObject({
  dryRun: Flag.optional(),
  skipBad: Flag.optional(),
  map: Setting,
  delimiter: Setting,
  decimal: Setting,
  dates: Setting,
  currency: Setting,
  increments: Setting,
  before: Setting,
});
export const LookupQuery = z.strictObject({ trunk: z.string().min(1).max(80).optional() });

export function rateRoutes({ clock, rates, rules }: Pick<Services, "clock" | "rates" | "rules">): Router {
  const router = Router();
  const answer = ({ withoutRate, feeInFirstMinute }: RateRules): RateRulesJson => ({
    ...{ withoutRate, feeInFirstMinute },
    policyVersion: rules.policyVersion(),
  });
  deckRoutes(router, { clock, rates });
  router.get("/api/v1/rates/:digits", async (request, response) => {
    const { trunk = null } = parsed(LookupQuery, request.query);
    const { number, rates: found } = done(await rates.lookup(request.params.digits.trim(), trunk));
    if (found.length === 0) throw new RequestRefused("not-found", `No deck has a rate for ${number}.`);
    response.json({ number, rates: found.map(rateJson) } satisfies RateAnswerJson);
  });
  router.get(paths.trunkDecks, (_request, response) => {
    response.json({ trunkDecks: rates.trunkDecks() } satisfies TrunkDecksJson);
  });
  router.post(paths.trunkDecks, (request, response) => {
    const { deck, trunks } = parsed(BindDeckSchema, request.body);
    const { trunkDecks } = done(rates.bind(deck, trunks, callerOf(request)));
    response.json({ trunkDecks } satisfies TrunkDecksJson);
  });
  router.get(paths.rateRules, (_request, response) => {
    response.json(answer(rules.rateRules()));
  });
  router.put(paths.rateRules, (request, response) => {
    const { withoutRate, feeInFirstMinute } = parsed(SetRateRulesSchema, request.body);
    const wish = {
      ...(withoutRate !== undefined && { withoutRate }),
      ...(feeInFirstMinute !== undefined && { feeInFirstMinute }),
    };
    response.json(answer(rules.setRateRules(wish, callerOf(request))));
  });
  return router;
}

function deckRoutes(router: Router, { clock, rates }: Pick<Services, "clock" | "rates">): void {
  const after = ({ deck }: { readonly deck: DeckInfo | null }): DeckAfterJson => ({
    deck: deck === null ? null : deckJson(deck, clock.nowMs()),
  });
  router.get(paths.decks, async (_request, response) => {
    const bound = Object.entries(rates.trunkDecks());
    const decks = (await rates.decks()).map((deck) => ({
      ...deckJson(deck, clock.nowMs()),
      trunks: bound.flatMap(([trunk, name]) => (name === deck.name ? [trunk] : [])),
    }));
    response.json({ decks } satisfies DecksJson);
  });
  router.post("/api/v1/decks/:name", async (request, response) => {
    const name = parsed(deckName, request.params.name);
    const { dryRun: dry, skipBad, ...texts } = parsed(ImportQuery, request.query);
    const dryRun = dry === "1";
    const settings = settingsOf({ ...texts, skipBad: skipBad === "1" });
    const result = await withBodyInFile(request, (file) =>
      rates.importFile(file, { name, dryRun, by: callerOf(request), settings }),
    );
    response.json(deckImportJson(name, dryRun, done(result)) satisfies DeckImportJson);
  });
  router.post("/api/v1/decks/:name/undo", async (request, response) => {
    const name = parsed(deckName, request.params.name);
    response.json(after(done(await rates.undo(name, callerOf(request)))));
  });
  router.delete("/api/v1/decks/:name", async (request, response) => {
    const name = parsed(deckName, request.params.name);
    response.json(after(done(await rates.remove(name, callerOf(request)))));
  });
}

function settingsOf(texts: SettingTexts): FileSettings {
  const read = parseDeckSettings(texts);
  if ("fault" in read) throw new RequestRefused("bad-request", read.fault);
  return read.settings;
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
