import * as contract from "../contract.js";
import * as tree from "../routes/area-tree.js";
import * as areas from "../routes/areas.js";
import { CallQuery, CheckCall } from "../routes/calls.js";
import { NewDialPlan, Preview } from "../routes/dial-plan.js";
import { Changes as RefusalChanges } from "../routes/refusals.js";
import { Changes as LimitChanges, OfExtension as OfLimits } from "../routes/limits.js";
import * as policy from "../routes/policy.js";
import * as prices from "../routes/prices.js";
import * as rates from "../routes/rates.js";
import { OfExtension as OfCap, SetCap } from "../routes/rules.js";
import { operation, type Operation } from "./operation.js";

const CSV = { media: "text/csv" };

/** Which calls may be made, and what they cost. */
export const callingOperations: readonly Operation[] = [
  operation(
    "read",
    "post",
    "/try",
    "Any number from any extension: the verdict, and how it comes about.",
    contract.TriedSchema,
    { body: contract.TrySchema },
  ),
  operation(
    "read",
    "get",
    "/areas/tree",
    "Areas by continent, with what holds for them.",
    contract.AreaTreeSchema,
    { query: tree.TreeQuery },
  ),
  operation(
    "read",
    "post",
    "/areas/effect",
    "What other areas would have done to the calls of late.",
    contract.AreaEffectSchema,
    { body: tree.Changes },
  ),
  operation("admin", "put", "/areas", "Several changes of areas at once.", contract.AreasSchema, {
    body: tree.Changes,
  }),
  operation("read", "get", "/decks/:name/rates", "A deck's prices, page by page.", contract.DeckPageSchema, {
    query: prices.Search,
  }),
  operation(
    "read",
    "get",
    "/decks/:name/histogram",
    "How many prefixes cost how much.",
    contract.DeckHistogramSchema,
    { query: prices.Histogram },
  ),
  operation("read", "get", "/calls", "Calls with their verdicts, newest first.", contract.CallsSchema, {
    query: CallQuery,
  }),
  operation("read", "get", "/calls.csv", "The same for a spreadsheet.", CSV, { query: CallQuery }),
  operation(
    "read",
    "post",
    "/check-call",
    "The verdict on a call that nobody makes.",
    contract.VerdictSchema,
    { body: CheckCall },
  ),
  operation(
    "read",
    "post",
    "/check-call/batch",
    "Verdicts on many: one line of JSON a row.",
    { media: "application/x-ndjson" },
    { body: CSV },
  ),

  operation("read", "get", "/decks", "Rate decks.", contract.DecksSchema),
  operation("admin", "post", "/decks/:name", "Import a deck, or try to.", contract.DeckImportSchema, {
    query: rates.ImportQuery,
    body: CSV,
  }),
  operation(
    "admin",
    "post",
    "/decks/:name/undo",
    "The deck before the last import.",
    contract.DeckAfterSchema,
  ),
  operation("admin", "delete", "/decks/:name", "Take the deck away.", contract.DeckAfterSchema),
  operation("read", "get", "/trunk-decks", "Which trunk has which deck.", contract.TrunkDecksSchema),
  operation("admin", "post", "/trunk-decks", "Bind trunks to a deck.", contract.TrunkDecksSchema, {
    body: rates.Bind,
  }),
  operation("read", "get", "/rate-rules", "What is made of prices.", contract.RateRulesSchema),
  operation("admin", "put", "/rate-rules", "Change that.", contract.RateRulesSchema, {
    body: rates.SetRateRules,
  }),
  operation("read", "get", "/rates/:digits", "What a number costs.", contract.RateAnswerSchema, {
    query: rates.LookupQuery,
  }),

  operation("read", "get", "/areas", "Where calls may go.", contract.AreasSchema, {
    query: areas.OfExtension,
  }),
  operation("admin", "post", "/areas/open", "Open areas.", contract.AreasSchema, { body: areas.ChangeAreas }),
  operation("admin", "post", "/areas/close", "Close areas.", contract.AreasSchema, {
    body: areas.ChangeAreas,
  }),
  operation("admin", "post", "/areas/forget", "Take rules for prefixes away.", contract.AreasSchema, {
    body: areas.ChangeAreas,
  }),
  operation(
    "admin",
    "post",
    "/areas/inherit",
    "The global lists hold for the extension again.",
    contract.AreasSchema,
    { body: areas.Inherit },
  ),
  operation("read", "get", "/areas/high-risk", "Ranges known for fraud.", contract.HighRiskSchema),
  operation("admin", "put", "/areas/high-risk", "What happens to numbers in them.", contract.HighRiskSchema, {
    body: areas.SetHighRisk,
  }),
  operation("read", "get", "/cap", "The highest price a minute.", contract.CapInForceSchema, {
    query: OfCap,
  }),
  operation("admin", "put", "/cap", "Change it.", contract.CapInForceSchema, { body: SetCap }),
  operation(
    "admin",
    "delete",
    "/cap/:extension",
    "The global cap holds for the extension again.",
    contract.CapInForceSchema,
  ),
  operation("read", "get", "/limits", "Limits on calls and money.", contract.LimitsSchema, {
    query: OfLimits,
  }),
  operation("admin", "patch", "/limits", "Change them; all or nothing.", contract.LimitsSchema, {
    body: LimitChanges,
  }),
  operation(
    "admin",
    "delete",
    "/limits/:extension",
    "The global limits hold for the extension again.",
    contract.LimitsSchema,
  ),
  operation("read", "get", "/spend", "Money of the last 24 hours.", contract.SpendsSchema, {
    query: OfLimits,
  }),
  operation("read", "get", "/refusals", "How refused calls end, by reason.", contract.RefusalsSchema),
  operation("admin", "patch", "/refusals", "Change that; all or nothing.", contract.RefusalsSchema, {
    body: RefusalChanges,
  }),
  operation("read", "get", "/dial-plan", "How digits are read.", contract.DialPlanInForceSchema),
  operation("admin", "put", "/dial-plan", "Change that.", contract.DialPlanInForceSchema, {
    body: NewDialPlan,
  }),
  operation(
    "read",
    "post",
    "/dial-plan/preview",
    "The steps by which digits are read.",
    contract.DialPlanPreviewSchema,
    { body: Preview },
  ),

  operation(
    "read",
    "get",
    "/policy",
    "All rules as YAML.",
    { media: "application/yaml" },
    { query: policy.Export },
  ),
  operation(
    "admin",
    "put",
    "/policy",
    "Put a file of rules in force, or try to.",
    contract.PolicyImportSchema,
    {
      query: policy.Query,
      body: { media: "application/yaml" },
    },
  ),
  operation(
    "admin",
    "post",
    "/policy/undo",
    "Take the last change of the rules back.",
    contract.PolicyImportSchema,
    { body: policy.Undo },
  ),
];
