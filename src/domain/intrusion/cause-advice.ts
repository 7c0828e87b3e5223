import type { Trigger } from "./ban.js";
import { leadingStory, type CauseFacts, type Opinion, type Story } from "./cause-facts.js";
import { dayOf, every } from "./cause-phrases.js";
import { plainSightOf } from "./plain-sight.js";

const ASK = "Ask your administrator.";

const CALLS_FAIL =
  "Your phone system registers correctly, but its calls carry another name or password than its registration. " +
  "Check what is set for outgoing calls.";

/** What is said to anybody at the source. Whoever guesses can read it too, so it tells of accounts only where their password
 *  has succeeded from here; for the rest it is made of what the sender did, never of what Asterisk holds. */
export function adviceFor(found: Opinion, facts: CauseFacts, stories: readonly Story[]): string {
  const byTrigger = triggerAdvice(facts);
  if (byTrigger !== null) return byTrigger;
  const own = leadingStory(found, stories);
  if (own === null || own.account.lastSuccessAtMs === null) return strangersAdvice(facts, stories);
  switch (found.cause) {
    case "outdated-credentials":
      return (
        `A device here keeps signing in with a password that no longer fits. It last worked on ` +
        `${dayOf(own.account.lastSuccessAtMs)}. Enter the new password in it, or switch off the one that still has the old.`
      );
    case "stale-device":
      return (
        `A device here still signs in${every(own)} to an account that is no longer there. ` +
        "Look for phones or apps that were set up long ago or for a test."
      );
    case "allow-list":
      return `An account used here may sign in from listed addresses only, and this one is not listed. ${ASK}`;
    case "wrong-signalling":
      return CALLS_FAIL;
    case "typo":
    case "attack":
    case "call-script":
    case "by-hand":
      return strangersAdvice(facts, stories);
  }
}

/** Made of the rule that was broken, where that says it all. */
function triggerAdvice({ trigger, evidence }: CauseFacts): string | null {
  const calls = evidence.attempts > 1 ? `${evidence.attempts} calls` : "Too many calls";
  const sentences: Readonly<Record<Trigger, string | null>> = {
    attempts: null,
    "account-names": null,
    "slow-attack": null,
    "account-failures": null,
    "failing-accounts": null,
    "forged-headers": `A program here sends messages that were tampered with. ${ASK}`,
    logins: `Too many failed logins to the phone system's own services came from here. ${ASK}`,
    "unanswered-challenges":
      "Many sign-ins were begun here and never finished. Look for a phone that has no password set, or ask your administrator.",
    flood: `Far more messages than phones send came from here. ${ASK}`,
    network: `Too many attacks came from the addresses around this one. ${ASK}`,
    neighbours: `Many sign-ins failed at the addresses around this one, so one that failed here was enough. ${ASK}`,
    "call-attempts": `${calls} in a short time came from here. If that is a dialler, slow it down.`,
    "by-hand": "An administrator has shut this address out. Ask them about it.",
  };
  return sentences[trigger];
}

function strangersAdvice({ evidence }: CauseFacts, stories: readonly Story[]): string {
  switch (plainSightOf(evidence)) {
    case "calls-fail":
      return CALLS_FAIL;
    case "many-names":
      return `Too many sign-in attempts on many accounts came from here. ${ASK}`;
    case "too-fast":
      return `Too many sign-in attempts, faster than a phone makes them, came from here. ${ASK}`;
    case null: {
      const [only] = stories.length === 1 ? stories : [];
      return (
        `A device here keeps signing in${only === undefined ? "" : every(only)} with a user name or password that does not fit. ` +
        "Check both in the phones and apps that you set up last, and switch off those no longer needed. " +
        "If both are right, ask your administrator whether they may be used from this address."
      );
    }
  }
}
