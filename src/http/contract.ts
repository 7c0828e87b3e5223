/** What travels over the API, as JSON: this file and those beside it in `contract/` are all that the command and the web UI may
 *  import from here. One schema is the type, the parser and the documentation. Addresses are text without port, numbers E.164 with
 *  `+`, money USD per minute as a decimal string with four decimals or more (`"0.2100"`), times RFC 3339 in UTC. Text of attackers
 *  (accounts, dialled digits) is passed on as it is: show it escaped. */
export * from "./contract/access.js";
export * from "./contract/allow-lists.js";
export * from "./contract/area-tree.js";
export * from "./contract/areas.js";
export * from "./contract/audit.js";
export * from "./contract/bans.js";
export * from "./contract/blocks.js";
export * from "./contract/calls.js";
export * from "./contract/common.js";
export * from "./contract/deck-imports.js";
export * from "./contract/detection.js";
export * from "./contract/dial-plan.js";
export * from "./contract/doctor.js";
export * from "./contract/errors.js";
export * from "./contract/extensions.js";
export * from "./contract/feed.js";
export * from "./contract/imports.js";
export * from "./contract/limits.js";
export * from "./contract/refusals.js";
export * from "./contract/notifications.js";
export * from "./contract/overview.js";
export * from "./contract/paths.js";
export * from "./contract/pins.js";
export * from "./contract/policy.js";
export * from "./contract/prices.js";
export * from "./contract/rates.js";
export * from "./contract/rules.js";
export * from "./contract/status.js";
export * from "./contract/try.js";
export * from "./contract/why.js";
