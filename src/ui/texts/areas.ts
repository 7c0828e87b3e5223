import { counted } from "../parts/format.js";

export const areasTexts = {
  title: "Calling areas",
  sub: "Which countries and kinds of numbers may be called. What is closed is refused, whatever it costs.",
  whose: "Whose rules",
  everyone: "Everyone",
  ofExtension: (name: string) => `Extension ${name}`,
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
} as const;

export const staleTexts = {
  title: "Somebody else changed the rules meanwhile",
  text: "Nothing of yours is stored yet. Since you opened this page:",
  by: (by: string) => `by ${by}`,
  reload: "Load theirs, drop mine",
  keep: "Keep mine too",
} as const;
