import { counted } from "../parts/format.js";

export const overview = {
  title: "Overview",
  sub: "Is the fence up, what happened, and what is for you to do.",
  fence: "The fence",
  up: "Up",
  down: "Down",
  setUp: "Not set up",
  open: "Open",
  seeTo: "See to it",
  routesChecked: (routes: number) =>
    routes === 1 ? "1 route, checked." : `${counted(routes, "route")}, all checked.`,
  span: "Time",
  spans: { 24: "24 hours", 168: "7 days", 720: "30 days" },
  attempts: "Attempts to get in",
  attemptsText: "Failed tries that belong together count once.",
  shutOut: "Sources shut out",
  shutOutText: (blocks: number) =>
    blocks === 0
      ? "Whole addresses, in the kernel."
      : `And ${counted(blocks, "account")} blocked at one address.`,
  refused: "Calls refused",
  refusedText: (allowed: number) => `${counted(allowed, "call")} went out.`,
  money: "Money not spent",
  moneyText: "What one minute of each refused call would have cost, where its price is known.",
  same: "as before",
  before: (hours: number) =>
    hours === 24 ? "the day before" : hours === 168 ? "the week before" : "the 30 days before",
  chart: "Over time",
  chartLabel: "Attempts, sources shut out and calls refused over time. The same as a table follows.",
  asTable: "Show as a table",
  when: "From",
  where: "Where they come from",
  whereNone: "Nobody was shut out in this time.",
  noMap: "No file says where addresses are.",
  noMapText:
    "With a country file of MaxMind (GeoLite2) or DB-IP in /usr/share/GeoIP this shows a map, and every address says its country and network. It is taken up within a minute; nothing is asked over the internet.",
  unplaced: "Whose country is not known is left out.",
  sources: (count: number) => counted(count, "source"),
  causes: "What for",
  causesNone: "Nothing happened that was worth shutting out.",
  bans: "Shut out",
  blocks: "Blocked accounts",
  forYou: "For you",
  forYouNone: "Nothing waits for you.",
  forYouNoneText:
    "What needs a person turns up here: a known office shut out, an account under attack, old prices.",
  slugs: {
    "known-banned": "Known address shut out",
    "known-blocked": "Account blocked at a known address",
    "account-attacked": "Account under attack",
    proposal: "Network of attackers",
    "deck-old": "Old prices",
    route: "Way out without the check",
    warning: "Set-up",
  },
  steps: {
    "known-banned": "See why, and lift",
    "known-blocked": "See why",
    "account-attacked": "See the lock",
    proposal: "Decide",
    "deck-old": "Import new prices",
    prices: "Import prices",
    calling: "Open areas",
    password: "Change it",
  },
  temporary: "Your password was made by the daemon and stands in its log.",
} as const;

const guards: Readonly<Record<string, string>> = {
  events: "Events",
  asterisk: "Asterisk",
  kernel: "Kernel",
  calls: "Calls",
  prices: "Prices",
  accounts: "Accounts",
  mirror: "SIP mirror",
  routes: "Routes",
  database: "Database",
};

export const guardName = (name: string): string =>
  guards[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
