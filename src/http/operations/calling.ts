import * as contract from "../contract.js";
import * as tree from "../routes/area-tree.js";
import * as areas from "../routes/areas.js";
import { CallQuery } from "../routes/calls.js";
import { OfExtension as OfLimits } from "../routes/limits.js";
import * as policy from "../routes/policy.js";
import * as prices from "../routes/prices.js";
import * as rates from "../routes/rates.js";
import { OfExtension as OfCap } from "../routes/rules.js";
import { admin, read, type Operation } from "./operation.js";

const CSV = { media: "text/csv" };

/** Which calls may be made, and what they cost. */
export const callingOperations: readonly Operation[] = [
  read.post(
    "/try",
    "Any number from any extension: the verdict, and how it comes about.",
    contract.TriedSchema,
    { body: contract.TrySchema },
  ),
  read.get("/areas/tree", "Areas by continent, with what holds for them.", contract.AreaTreeSchema, {
    query: tree.TreeQuery,
  }),
  read.post(
    "/areas/effect",
    "What other areas would have done to the calls of late.",
    contract.AreaEffectSchema,
    { body: contract.AreaChangesSchema },
  ),
  admin.put("/areas", "Several changes of areas at once.", contract.AreasSchema, {
    body: contract.AreaChangesSchema,
  }),
  read.get("/decks/:name/rates", "A deck's prices, page by page.", contract.DeckPageSchema, {
    query: prices.Search,
  }),
  read.get("/decks/:name/histogram", "How many prefixes cost how much.", contract.DeckHistogramSchema, {
    query: prices.Histogram,
  }),
  read.get("/calls", "Calls with their verdicts, newest first.", contract.CallsSchema, {
    query: CallQuery,
  }),
  read.get("/calls.csv", "The same for a spreadsheet.", CSV, { query: CallQuery }),
  read.post("/check-call", "The verdict on a call that nobody makes.", contract.VerdictSchema, {
    body: contract.CheckCallSchema,
  }),
  read.post(
    "/check-call/batch",
    "Verdicts on many: one line of JSON a row.",
    { media: "application/x-ndjson" },
    { body: CSV },
  ),

  read.get("/decks", "Rate decks.", contract.DecksSchema),
  admin.post("/decks/:name", "Import a deck, or try to.", contract.DeckImportSchema, {
    query: rates.ImportQuery,
    body: CSV,
  }),
  admin.post("/decks/:name/undo", "The deck before the last import.", contract.DeckAfterSchema),
  admin.delete("/decks/:name", "Take the deck away.", contract.DeckAfterSchema),
  read.get("/trunk-decks", "Which trunk has which deck.", contract.TrunkDecksSchema),
  admin.post("/trunk-decks", "Bind trunks to a deck.", contract.TrunkDecksSchema, {
    body: contract.BindDeckSchema,
  }),
  read.get("/rate-rules", "What is made of prices.", contract.RateRulesSchema),
  admin.put("/rate-rules", "Change that.", contract.RateRulesSchema, {
    body: contract.SetRateRulesSchema,
  }),
  read.get("/rates/:digits", "What a number costs.", contract.RateAnswerSchema, {
    query: rates.LookupQuery,
  }),

  read.get("/areas", "Where calls may go.", contract.AreasSchema, {
    query: areas.OfExtension,
  }),
  admin.post("/areas/open", "Open areas.", contract.AreasSchema, { body: contract.ChangeAreasSchema }),
  admin.post("/areas/close", "Close areas.", contract.AreasSchema, {
    body: contract.ChangeAreasSchema,
  }),
  admin.post("/areas/forget", "Take rules for prefixes away.", contract.AreasSchema, {
    body: contract.ChangeAreasSchema,
  }),
  admin.post("/areas/inherit", "The global lists hold for the extension again.", contract.AreasSchema, {
    body: contract.InheritAreasSchema,
  }),
  read.get("/areas/high-risk", "Ranges known for fraud.", contract.HighRiskSchema),
  admin.put("/areas/high-risk", "What happens to numbers in them.", contract.HighRiskSchema, {
    body: contract.SetHighRiskSchema,
  }),
  read.get("/cap", "The highest price a minute.", contract.CapInForceSchema, {
    query: OfCap,
  }),
  admin.put("/cap", "Change it.", contract.CapInForceSchema, { body: contract.SetCapSchema }),
  admin.delete("/cap/:extension", "The global cap holds for the extension again.", contract.CapInForceSchema),
  read.get("/limits", "Limits on calls and money.", contract.LimitsSchema, {
    query: OfLimits,
  }),
  admin.patch("/limits", "Change them; all or nothing.", contract.LimitsSchema, {
    body: contract.SetLimitsSchema,
  }),
  admin.delete(
    "/limits/:extension",
    "The global limits hold for the extension again.",
    contract.LimitsSchema,
  ),
  read.get("/spend", "Money of the last 24 hours.", contract.SpendsSchema, {
    query: OfLimits,
  }),
  read.get("/refusals", "How refused calls end, by reason.", contract.RefusalsSchema),
  admin.patch("/refusals", "Change that; all or nothing.", contract.RefusalsSchema, {
    body: contract.SetRefusalsSchema,
  }),
  read.get("/dial-plan", "How digits are read.", contract.DialPlanInForceSchema),
  admin.put("/dial-plan", "Change that.", contract.DialPlanInForceSchema, {
    body: contract.SetDialPlanSchema,
  }),
  read.post("/dial-plan/preview", "The steps by which digits are read.", contract.DialPlanPreviewSchema, {
    body: contract.DialPlanPreviewWishSchema,
  }),

  read.get("/policy", "All rules as YAML.", { media: "application/yaml" }, { query: policy.Export }),
  admin.put("/policy", "Put a file of rules in force, or try to.", contract.PolicyImportSchema, {
    query: policy.Query,
    body: { media: "application/yaml" },
  }),
  admin.post("/policy/undo", "Take the last change of the rules back.", contract.PolicyImportSchema, {
    body: contract.UndoPolicySchema,
  }),
];
