import * as contract from "../contract.js";
import * as lists from "../routes/allow-lists.js";
import * as bans from "../routes/bans.js";
import * as blocks from "../routes/blocks.js";
import * as extensions from "../routes/extensions.js";
import { Query as ImportQuery } from "../routes/imports.js";
import * as overview from "../routes/overview.js";
import { Since } from "../routes/shadow.js";
import { admin, operate, read, type Operation } from "./operation.js";

const LIST = { media: "text/plain" };

/** Whether the fence stands, who is shut out, and from where phones may register. */
export const fenceOperations: readonly Operation[] = [
  read.get("/extensions", "What Asterisk has, registered or not.", contract.ExtensionsSchema, {
    query: extensions.ListQuery,
  }),
  read.get(
    "/extensions/:name",
    "One extension, with its rules beside the inherited ones.",
    contract.ExtensionWholeSchema,
  ),
  read.post("/allow-list/read", "How entries are understood.", contract.AllowListReadSchema, {
    body: contract.ReadAllowListSchema,
  }),
  read.get("/status", "Whether the fence stands.", contract.StatusSchema),
  read.get("/overview", "What happened, hour by hour, and what to see to.", contract.OverviewSchema, {
    query: overview.Span,
  }),
  read.get("/places", "Where addresses are.", contract.PlacesSchema, { query: overview.Of }),
  read.get("/doctor", "What is wrong with the installation, and what to do.", contract.DoctorSchema),
  read.get("/events", "The live feed, as server-sent events.", {
    media: "text/event-stream",
  }),
  read.get("/why/:target", "What is known of an address or an extension.", contract.WhySchema),

  read.get("/bans", "Bans, newest first.", contract.BansSchema, { query: bans.ListQuery }),
  operate.post("/bans", "Shut an address or a network out.", contract.BanSchema, {
    body: contract.AddBanSchema,
    status: 201,
  }),
  operate.post("/bans/import", "Shut a list of addresses out.", contract.ImportedSchema, {
    query: ImportQuery,
    body: LIST,
  }),
  read.get("/bans/:target", "The bans of one target.", contract.ShownBansSchema),
  operate.put("/bans/:target/note", "Put a note on the newest ban.", contract.BanSchema, {
    body: contract.NoteSchema,
  }),
  admin.post(
    "/bans/:target/never-ban",
    "Lift the ban and never ban the target again.",
    contract.LiftedSchema,
    { body: contract.NeverBanAgainSchema },
  ),
  operate.delete("/bans/:target", "Lift the ban.", contract.LiftedSchema),
  read.get("/proposals", "Networks with several banned sources.", contract.ProposalsSchema),
  operate.post("/proposals/:network/accept", "Shut the network out.", contract.BanSchema, {
    body: contract.AcceptProposalSchema,
  }),
  operate.post("/proposals/:network/dismiss", "Leave the network open.", contract.ProposalSchema),
  read.get("/never-ban", "What is never shut out.", contract.NeverBanSchema),
  admin.post("/never-ban", "Never shut this out.", contract.NeverBanSchema, {
    body: contract.NeverBanEntrySchema,
  }),
  admin.post("/never-ban/import", "Never shut a list of addresses out.", contract.ImportedSchema, {
    query: ImportQuery.omit({ duration: true }),
    body: LIST,
  }),
  admin.delete("/never-ban/:target", "Take a target off the list.", contract.NeverBanSchema),

  read.get("/blocks", "Accounts shut to one address.", contract.BlocksSchema, {
    query: blocks.BlockQuery,
  }),
  operate.post("/blocks", "Shut an account to an address.", contract.BlockSchema, {
    body: contract.AddBlockSchema,
    status: 201,
  }),
  operate.put("/blocks/:account/:source/note", "Put a note on the newest block.", contract.BlockSchema, {
    body: contract.NoteSchema,
  }),
  operate.delete("/blocks/:account/:source", "Lift the block.", contract.LiftedBlocksSchema),
  read.get("/locks", "Accounts shut to all but their known addresses.", contract.LocksSchema),
  operate.post("/locks", "Shut an account to all but its known addresses.", contract.LockSchema, {
    body: contract.AddLockSchema,
    status: 201,
  }),
  operate.delete("/locks/:account", "Lift the lock.", contract.LocksSchema),

  read.get("/pins", "Extensions with a PIN for the page of the locked out.", contract.PinsSchema),
  operate.put("/extensions/:name/pin", "Give an extension a PIN.", contract.PinSetSchema, {
    body: contract.SetPinSchema,
  }),
  operate.delete("/extensions/:name/pin", "Take its PIN away.", contract.PinRemovedSchema),

  read.get("/notifications", "What is told where, and how that went.", contract.NotificationsSchema),
  admin.put("/notifications", "Change whom to tell what.", contract.NotificationsSchema, {
    body: contract.SetNotificationsSchema,
  }),
  admin.post(
    "/notifications/test",
    "Send a message that says that it is a test.",
    contract.NotificationTestedSchema,
    { body: contract.TestNotificationSchema },
  ),

  read.get("/detection", "Every setting of detection.", contract.DetectionSchema),
  admin.patch("/detection", "Change settings; all or nothing.", contract.DetectionSchema, {
    body: contract.ChangeDetectionSchema,
  }),
  admin.post("/detection/reset", "Back to the defaults.", contract.DetectionSchema, {
    body: contract.ResetDetectionSchema,
  }),
  read.get("/detection/shadow", "The policy that is tried on live traffic.", contract.ShadowSchema),
  admin.patch("/detection/shadow", "Change what is tried.", contract.ShadowSchema, {
    body: contract.ChangeDetectionSchema,
  }),
  admin.post("/detection/shadow/reset", "Try what is in force.", contract.ShadowSchema, {
    body: contract.ResetDetectionSchema,
  }),
  admin.post("/detection/shadow/start", "Begin a run.", contract.ShadowSchema),
  admin.post("/detection/shadow/stop", "End the run.", contract.ShadowSchema),
  read.get("/detection/shadow/results", "What the run would have done.", contract.ShadowResultsSchema, {
    query: Since,
  }),

  read.get("/allow-list", "From where phones may register.", contract.AllowListSchema, {
    query: lists.Of,
  }),
  read.get("/allow-list/refused", "Registrations that a list refused.", contract.RefusedByListsSchema, {
    query: lists.Of,
  }),
  admin.put("/allow-list", "Put a list in force.", contract.AllowListSchema, {
    body: contract.SetAllowListSchema,
  }),
  admin.delete("/allow-list", "The global list holds for the extension again.", contract.AllowListSchema, {
    query: lists.OfOne,
  }),
  read.post("/allow-list/preview", "Who a list would throw out.", contract.AllowListPreviewSchema, {
    body: contract.PreviewAllowListSchema,
  }),
  operate.post("/allow-list/entries", "Add an entry.", contract.AllowListSchema, {
    body: contract.AddAllowEntrySchema,
  }),
  operate.post("/allow-list/entries/remove", "Take an entry out.", contract.AllowListSchema, {
    body: contract.RemoveAllowEntrySchema,
  }),
  admin.post("/allow-list/turn", "Turn a list on or off.", contract.AllowListSchema, {
    body: contract.TurnAllowListSchema,
  }),
  admin.post("/allow-list/undo", "The list before its last change.", contract.AllowListSchema, {
    body: contract.UndoAllowListSchema,
  }),
  admin.put(
    "/allow-list/running-calls",
    "What becomes of calls of phones that are thrown out.",
    contract.AllowListSchema,
    {
      body: contract.RunningCallsSchema,
    },
  ),
];
