/** Words that every page shares. */
export const common = {
  product: "Ringfence",
  skip: "Skip to the page",
  notDone: "That was not done",
  failedTitle: "This could not be loaded",
  tryAgain: "Try again",
  cancel: "Cancel",
  save: "Save",
  discard: "Discard",
  close: "Close",
  remove: "Remove",
  add: "Add",
  undo: "Undo",
  copy: "Copy",
  copied: "Copied",
  more: "Show more",
  all: "All",
  none: "none",
  unknown: "unknown",
  never: "never",
  loading: "Loading…",
  mayNot: (role: string) =>
    `Your account may only look here. To change something, ask for the role “${role}”.`,
  notFoundTitle: "There is no such page",
  notFoundText: (path: string) => `Nothing is at ${path}. It may have moved, or the link is cut short.`,
  toOverview: "To the overview",
  crashedTitle: "This page broke",
  crashedText:
    "Your rules and bans are not touched by that. Load the page again; if it breaks again, tell us what stands below.",
  reload: "Load the page again",
} as const;

export const shell = {
  groups: { top: "", intrusion: "Attacks", calls: "Calls", phones: "Phones", system: "System" },
  navigation: "Main",
  openNavigation: "Open the menu",
  live: "Live",
  liveText: "What happens is shown at once.",
  notLive: "Not live",
  notLiveText: "The connection to the daemon is down; it is being tried again. What you see may be old.",
  colors: { light: "Light", dark: "Dark", auto: "Like the system" },
  appearance: "Appearance",
  signOut: "Sign out",
  account: (user: string, role: string) => `Signed in as ${user}, ${role}`,
} as const;

export const signIn = {
  title: "Sign in",
  sub: "Ringfence, the fence around your phone system.",
  user: "User",
  password: "Password",
  code: "Code of your authenticator app",
  codeText: "Six digits. They change every 30 seconds.",
  go: "Sign in",
  locked: "Are you locked out with a phone?",
  portal: "See why, and get back in",
  first: "First time here? The user is admin, and the first password stands in Ringfence's log.",
  wait: (seconds: number) => `Too many tries. Wait ${seconds} s, then try again.`,
} as const;

export const pageNames = {
  overview: "Overview",
  bans: "Bans & blocks",
  detection: "Detection",
  calls: "Calls",
  try: "Try a number",
  areas: "Calling areas",
  rates: "Rates",
  extensions: "Extensions",
  allowLists: "Allow-lists",
  audit: "Audit",
  settings: "Settings",
} as const;
