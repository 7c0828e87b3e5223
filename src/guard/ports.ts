/** What the use-cases need from the world. Fakes in tests implement these. Every promise here settles within its
 *  adapter's own deadline: it resolves, or rejects with a RingfenceError. */
export type * from "./ports/world.js";
export type * from "./ports/firewall.js";
export type * from "./ports/bans.js";
export type * from "./ports/activity.js";
export type * from "./ports/asterisk.js";
export type * from "./ports/calls.js";
export type * from "./ports/rates.js";
export type * from "./ports/rules.js";
export type * from "./ports/portal.js";
export type * from "./ports/telling.js";
