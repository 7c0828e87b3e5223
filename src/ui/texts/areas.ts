import { counted } from "../parts/format.js";

export const areasTexts = {
  title: "Calling areas",
  sub: "Which countries and kinds of numbers may be called. What is closed is refused, whatever it costs.",
  whose: "Whose rules",
  inherited:
    "This extension has no areas of its own: those of everyone hold. The first change gives it its own list.",
  own: "This extension has its own list, in the place of everyone's.",
  inherit: "Use everyone's again",
  find: "Find a country, a code or a prefix",
  placeholder: "Jamaica, +1876 or JM",
  mapLabel: "Map of the countries that may be called; the list says the same.",
  words: { open: "open", partly: "partly open", closed: "closed" },
  openOf: (open: number, all: number) => `${open} of ${all} open`,
  openAll: "Open all",
  closeAll: "Close all",
  special: "Beyond countries",
  typical: (usd: string) => `typically ${usd}`,
  dearest: (usd: string) => `up to ${usd}`,
  types: (name: string) => `Kinds of numbers in ${name}`,
  risk: "fraud risk",
  nothing: "Nothing is called so.",
  pricesWait: "The prices of the deck are being worked out; they appear in some seconds.",
  noDeck: "No rate deck is loaded, so no prices stand here.",
  pricesOf: (deck: string) => `Prices a minute by the deck ${deck}.`,
  changes: (count: number) => counted(count, "change"),
  wouldRefuse: (calls: number, extensions: number) =>
    calls === 0
      ? "would have refused no call of the last 28 days"
      : `would have refused ${counted(calls, "call")} of ${counted(extensions, "extension")} in the last 28 days`,
  wouldAllow: (calls: number) =>
    `and let ${counted(calls, "call")} through that ${calls === 1 ? "was" : "were"} refused`,
  cut: "of the newest million calls",
  show: "Show",
  effectTitle: "What it would have changed",
  refusedList: "Would have been refused",
  allowedList: "Would have been let through",
  number: "Number",
  calls: "Calls",
  last: "Last",
  saved: "Saved. It holds for the very next call.",
  prefixes: "Prefixes",
  prefixesText:
    "The beginning of a number goes ahead of its area, and the longest one decides. It may open what is closed and close what is open; the price cap holds all the same.",
  prefixesNone: "No prefix has a rule: areas alone decide.",
  prefix: "Prefix",
  prefixAction: "Calls there",
  prefixAllow: "open",
  prefixDeny: "closed",
  prefixWish: { new: "new", changed: "changed", gone: "to be removed" },
  noPrefix: "Write digits with the country code, such as +4470",
  dropPrefix: (prefix: string) => `Remove ${prefix}`,
  keepPrefix: (prefix: string) => `Leave ${prefix} as it was`,
  highRisk: "Ranges known for fraud",
  highRiskRefuse: "Refuse them inside open areas, too",
  highRiskText: "A prefix rule opens one that you do need.",
  ranges: (count: number) => `The ${counted(count, "range")}, with their sources`,
  where: "Where",
  why: "Why",
  moreChanges: (count: number) => `${count} more`,
  areaChange: (name: string, state: "open" | "partly" | "closed", types: string) =>
    state === "partly" ? `${name}: only ${types}` : `${name} ${state}`,
  prefixChange: (prefix: string, action: "allow" | "deny" | "forget") =>
    action === "forget" ? `${prefix} without a rule` : `${prefix} ${action === "allow" ? "open" : "closed"}`,
  riskChange: (rule: "refuse" | "allow") =>
    rule === "refuse" ? "ranges known for fraud refused" : "ranges known for fraud let through",
} as const;

export const staleTexts = {
  title: "Somebody else changed the rules meanwhile",
  overtaken: "Somebody else has changed the rules since you began: when you save you are asked what to keep.",
  text: "Nothing of yours is stored yet. Since you opened this page:",
  by: (by: string) => `by ${by}`,
  reload: "Load theirs, drop mine",
  keep: "Keep mine too",
} as const;
