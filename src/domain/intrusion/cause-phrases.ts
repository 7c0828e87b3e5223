import type { CauseFacts, Opinion, Story, TriedAccount } from "./cause-facts.js";
import { paceOf } from "./pace.js";
import { agentOf } from "./user-agent.js";

/** `extension 104`, `account bob`; a name that could be more than a name is not shown. */
export function accountCalled(account: TriedAccount): string {
  if (/^\d{1,6}$/.test(account.name)) return `extension ${account.name}`;
  return isShown(account) ? `account ${account.name}` : "an account with an odd name";
}

export function nameShown(account: TriedAccount): string {
  return isShown(account) ? account.name : "somebody with an odd name";
}

/** A dot makes an address of the web out of a name that a stranger chose. */
function isShown({ name, state }: TriedAccount): boolean {
  return (state === "exists" || state === "existed" ? /^[\w.+-]{1,32}$/ : /^[\w+-]{1,32}$/).test(name);
}

/** `a Yealink SIP-T46S`, as far as what it calls itself is known; `somebody` for attackers. */
export function subjectOf(
  { evidence, accounts }: CauseFacts,
  story: Story | null,
  { cause }: Opinion = story ?? UNKNOWN,
): string {
  const devices = accounts.flatMap(({ device }) => device?.userAgent ?? []);
  const agents = [...evidence.userAgents, ...devices].map(agentOf);
  if (agents.some((agent) => agent?.kind === "scanner")) return "a scanner, by its own name,";
  if (cause === "attack") return "somebody";
  const said =
    story?.account.device?.userAgent ?? (evidence.userAgents.length === 1 ? evidence.userAgents[0] : "");
  const agent = agentOf(said ?? "");
  return agent?.kind === "device" ? `${article(agent.name)} ${agent.name}` : "a device";
}

const UNKNOWN: Opinion = { cause: "attack", confidence: 0 };

function article(noun: string): string {
  return /^[aeio]/i.test(noun) ? "an" : "a";
}

/** ` every 60 seconds`, where it asks by a timer; else nothing. */
export function every(story: Story): string {
  const ms = timerOf(story);
  return ms === null ? "" : ` every ${spell(ms)}`;
}

/** For administrators, who know abbreviations: `, every 60 s`, `, 20 times a second`. */
export function intervalOf(story: Story): string {
  const ms = timerOf(story);
  if (ms !== null) return `, every ${spell(ms, SHORT)}`;
  const { gapMs } = story.tries;
  if (gapMs === null || gapMs <= 0 || gapMs >= 1_000) return "";
  const times = Math.round(1_000 / gapMs);
  return times < 2 ? ", about once a second" : `, ${times} times a second`;
}

function timerOf({ tries, account }: Story): number | null {
  const everyMs = account.device?.registerEveryMs ?? null;
  return paceOf(tries, true, everyMs) === "regular" ? (everyMs ?? tries.gapMs) : null;
}

const LONG = [" seconds", " minutes", " hours"] as const;
const SHORT = [" s", " min", " h"] as const;

function spell(ms: number, [seconds, minutes, hours]: readonly [string, string, string] = LONG): string {
  if (ms < 120_000) return `${Math.round(ms / 1_000)}${seconds}`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)}${minutes}` : `${Math.round(ms / 3_600_000)}${hours}`;
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

/** `14 November 2026`, UTC. */
export function dayOf(ms: number): string {
  const day = new Date(ms);
  if (Number.isNaN(day.getTime())) return "an unknown day";
  return `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()] ?? ""} ${day.getUTCFullYear()}`;
}

export function several(count: number, one: string, more = `${one}s`): string {
  return count === 1 ? `1 ${one}` : `${count} ${more}`;
}
