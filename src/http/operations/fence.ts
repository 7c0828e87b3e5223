import * as contract from "../contract.js";
import * as lists from "../routes/allow-lists.js";
import * as bans from "../routes/bans.js";
import * as blocks from "../routes/blocks.js";
import { Changes, Reset } from "../routes/detection.js";
import * as extensions from "../routes/extensions.js";
import { Query as ImportQuery } from "../routes/imports.js";
import * as overview from "../routes/overview.js";
import { NeverBanEntry } from "../routes/rules.js";
import { Since } from "../routes/shadow.js";
import { operation, type Operation } from "./operation.js";

const LIST = { media: "text/plain" };

/** Whether the fence stands, who is shut out, and from where phones may register. */
export const fenceOperations: readonly Operation[] = [
  operation(
    "read",
    "get",
    "/extensions",
    "What Asterisk has, registered or not.",
    contract.ExtensionsSchema,
    { query: extensions.ListQuery },
  ),
  operation(
    "read",
    "get",
    "/extensions/:name",
    "One extension, with its rules beside the inherited ones.",
    contract.ExtensionWholeSchema,
  ),
  operation("read", "post", "/allow-list/read", "How entries are understood.", contract.AllowListReadSchema, {
    body: contract.ReadAllowListSchema,
  }),
  operation("read", "get", "/status", "Whether the fence stands.", contract.StatusSchema),
  operation(
    "read",
    "get",
    "/overview",
    "What happened, hour by hour, and what to see to.",
    contract.OverviewSchema,
    { query: overview.Span },
  ),
  operation("read", "get", "/places", "Where addresses are.", contract.PlacesSchema, { query: overview.Of }),
  operation(
    "read",
    "get",
    "/doctor",
    "What is wrong with the installation, and what to do.",
    contract.DoctorSchema,
  ),
  operation("read", "get", "/events", "The live feed, as server-sent events.", {
    media: "text/event-stream",
  }),
  operation(
    "read",
    "get",
    "/why/:target",
    "What is known of an address or an extension.",
    contract.WhySchema,
  ),

  operation("read", "get", "/bans", "Bans, newest first.", contract.BansSchema, { query: bans.ListQuery }),
  operation("operate", "post", "/bans", "Shut an address or a network out.", contract.BanSchema, {
    body: bans.AddBan,
    status: 201,
  }),
  operation("operate", "post", "/bans/import", "Shut a list of addresses out.", contract.ImportedSchema, {
    query: ImportQuery,
    body: LIST,
  }),
  operation("read", "get", "/bans/:target", "The bans of one target.", contract.ShownBansSchema),
  operation("operate", "put", "/bans/:target/note", "Put a note on the newest ban.", contract.BanSchema, {
    body: bans.Note,
  }),
  operation(
    "admin",
    "post",
    "/bans/:target/never-ban",
    "Lift the ban and never ban the target again.",
    contract.LiftedSchema,
    { body: bans.Reason },
  ),
  operation("operate", "delete", "/bans/:target", "Lift the ban.", contract.LiftedSchema),
  operation("read", "get", "/proposals", "Networks with several banned sources.", contract.ProposalsSchema),
  operation("operate", "post", "/proposals/:network/accept", "Shut the network out.", contract.BanSchema, {
    body: blocks.Accept,
  }),
  operation(
    "operate",
    "post",
    "/proposals/:network/dismiss",
    "Leave the network open.",
    contract.ProposalSchema,
  ),
  operation("read", "get", "/never-ban", "What is never shut out.", contract.NeverBanSchema),
  operation("admin", "post", "/never-ban", "Never shut this out.", contract.NeverBanSchema, {
    body: NeverBanEntry,
  }),
  operation(
    "admin",
    "post",
    "/never-ban/import",
    "Never shut a list of addresses out.",
    contract.ImportedSchema,
    {
      query: ImportQuery.omit({ duration: true }),
      body: LIST,
    },
  ),
  operation("admin", "delete", "/never-ban/:target", "Take a target off the list.", contract.NeverBanSchema),

  operation("read", "get", "/blocks", "Accounts shut to one address.", contract.BlocksSchema, {
    query: blocks.BlockQuery,
  }),
  operation("operate", "post", "/blocks", "Shut an account to an address.", contract.BlockSchema, {
    body: blocks.AddBlock,
    status: 201,
  }),
  operation(
    "operate",
    "put",
    "/blocks/:account/:source/note",
    "Put a note on the newest block.",
    contract.BlockSchema,
    { body: blocks.Note },
  ),
  operation("operate", "delete", "/blocks/:account/:source", "Lift the block.", contract.LiftedBlocksSchema),
  operation("read", "get", "/locks", "Accounts shut to all but their known addresses.", contract.LocksSchema),
  operation(
    "operate",
    "post",
    "/locks",
    "Shut an account to all but its known addresses.",
    contract.LockSchema,
    { body: blocks.AddLock, status: 201 },
  ),
  operation("operate", "delete", "/locks/:account", "Lift the lock.", contract.LocksSchema),

  operation(
    "read",
    "get",
    "/pins",
    "Extensions with a PIN for the page of the locked out.",
    contract.PinsSchema,
  ),
  operation("operate", "put", "/extensions/:name/pin", "Give an extension a PIN.", contract.PinSetSchema, {
    body: contract.SetPinSchema,
  }),
  operation("operate", "delete", "/extensions/:name/pin", "Take its PIN away.", contract.PinRemovedSchema),

  operation(
    "read",
    "get",
    "/notifications",
    "What is told where, and how that went.",
    contract.NotificationsSchema,
  ),
  operation("admin", "put", "/notifications", "Change whom to tell what.", contract.NotificationsSchema, {
    body: contract.SetNotificationsSchema,
  }),
  operation(
    "admin",
    "post",
    "/notifications/test",
    "Send a message that says that it is a test.",
    contract.NotificationTestedSchema,
    { body: contract.TestNotificationSchema },
  ),

  operation("read", "get", "/detection", "Every setting of detection.", contract.DetectionSchema),
  operation("admin", "patch", "/detection", "Change settings; all or nothing.", contract.DetectionSchema, {
    body: Changes,
  }),
  operation("admin", "post", "/detection/reset", "Back to the defaults.", contract.DetectionSchema, {
    body: Reset,
  }),
  operation(
    "read",
    "get",
    "/detection/shadow",
    "The policy that is tried on live traffic.",
    contract.ShadowSchema,
  ),
  operation("admin", "patch", "/detection/shadow", "Change what is tried.", contract.ShadowSchema, {
    body: Changes,
  }),
  operation("admin", "post", "/detection/shadow/reset", "Try what is in force.", contract.ShadowSchema, {
    body: Reset,
  }),
  operation("admin", "post", "/detection/shadow/start", "Begin a run.", contract.ShadowSchema),
  operation("admin", "post", "/detection/shadow/stop", "End the run.", contract.ShadowSchema),
  operation(
    "read",
    "get",
    "/detection/shadow/results",
    "What the run would have done.",
    contract.ShadowResultsSchema,
    { query: Since },
  ),

  operation("read", "get", "/allow-list", "From where phones may register.", contract.AllowListSchema, {
    query: lists.Of,
  }),
  operation(
    "read",
    "get",
    "/allow-list/refused",
    "Registrations that a list refused.",
    contract.RefusedByListsSchema,
    { query: lists.Of },
  ),
  operation("admin", "put", "/allow-list", "Put a list in force.", contract.AllowListSchema, {
    body: lists.SetList,
  }),
  operation(
    "admin",
    "delete",
    "/allow-list",
    "The global list holds for the extension again.",
    contract.AllowListSchema,
    { query: lists.OfOne },
  ),
  operation(
    "read",
    "post",
    "/allow-list/preview",
    "Who a list would throw out.",
    contract.AllowListPreviewSchema,
    { body: lists.PreviewList },
  ),
  operation("operate", "post", "/allow-list/entries", "Add an entry.", contract.AllowListSchema, {
    body: lists.AddEntry,
  }),
  operation("operate", "post", "/allow-list/entries/remove", "Take an entry out.", contract.AllowListSchema, {
    body: lists.RemoveEntry,
  }),
  operation("admin", "post", "/allow-list/turn", "Turn a list on or off.", contract.AllowListSchema, {
    body: lists.TurnList,
  }),
  operation(
    "admin",
    "post",
    "/allow-list/undo",
    "The list before its last change.",
    contract.AllowListSchema,
    { body: lists.Undo },
  ),
  operation(
    "admin",
    "put",
    "/allow-list/running-calls",
    "What becomes of calls of phones that are thrown out.",
    contract.AllowListSchema,
    {
      body: lists.RunningCalls,
    },
  ),
];
