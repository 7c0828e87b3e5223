import type { Trigger } from "./ban.js";
import { leadingStory, type CauseFacts, type Opinion, type Story } from "./cause-facts.js";
import { accountCalled, dayOf, every, intervalOf, nameShown, several, subjectOf } from "./cause-phrases.js";

/** Advice with names in it, for administrators and for people who have shown a PIN; null where no account leads to it. */
export function hintFor(found: Opinion, stories: readonly Story[]): string | null {
  const story = leadingStory(found, stories);
  if (story === null) return null;
  const { account } = story;
  const called = accountCalled(account);
  switch (found.cause) {
    case "outdated-credentials":
      return account.lastSuccessAtMs === null
        ? `A device here signs in to ${called} with a password that does not fit. Enter the right one in it.`
        : `${capital(called)} keeps trying with a password that no longer fits. It last worked here on ` +
            `${dayOf(account.lastSuccessAtMs)}. Enter the new password, or switch off the device that still has the old.`;
    case "typo":
      return account.nearest === null
        ? `A device here signs in as ${nameShown(account)}, which does not exist. Check the user name.`
        : `A device here signs in as ${nameShown(account)}. Did you mean ${account.nearest}?`;
    case "stale-device":
      return (
        `A device here still tries ${called}${every(story)}, which ${gone(story)}. ` +
        "Look for phones or apps set up for a test."
      );
    case "wrong-signalling":
      return (
        `Registrations from here succeed, but calls sent as ${nameShown(account)} are refused. ` +
        "Check the user name and password used for outgoing calls."
      );
    case "allow-list":
      return (
        `${capital(called)} may only register from listed addresses, and this one is not listed. ` +
        "Ask your administrator to add it."
      );
    case "attack":
    case "call-script":
    case "by-hand":
      return null;
  }
}

/** One sentence for administrators, without its full stop: who does what. */
export function summaryOf(found: Opinion, facts: CauseFacts, stories: readonly Story[]): string {
  const story = SPEAKS_FOR_ITSELF[facts.trigger] ? null : leadingStory(found, stories);
  if (story === null) return capital(toldByRule(found, facts));
  const more = stories.filter(({ cause }) => cause === found.cause).length - 1;
  const others = more > 0 && found.cause !== "attack" ? `; so with ${several(more, "other account")}` : "";
  return capital(toldBy(story, found, facts)) + others + doubt(found, story, facts);
}

/** What was tried adds nothing to these. */
const SPEAKS_FOR_ITSELF: Readonly<Record<Trigger, boolean>> = {
  attempts: false,
  "account-names": false,
  "slow-attack": false,
  "account-failures": false,
  "failing-accounts": false,
  "forged-headers": true,
  logins: true,
  "unanswered-challenges": true,
  flood: true,
  network: true,
  "call-attempts": true,
  neighbours: true,
  "by-hand": true,
};

function toldBy(story: Story, { cause }: Opinion, facts: CauseFacts): string {
  const { account, tries } = story;
  const who = subjectOf(facts, story);
  const called = accountCalled(account);
  const interval = intervalOf(story);
  switch (cause) {
    case "outdated-credentials": {
      const worked =
        account.lastSuccessAtMs === null
          ? ""
          : `; it last worked from here on ${dayOf(account.lastSuccessAtMs)}`;
      return `${who} tries ${called} with a password that does not fit${interval}${worked}`;
    }
    case "typo": {
      const meant = account.nearest === null ? "" : `; perhaps ${account.nearest} is meant`;
      return `${who} signs in as ${nameShown(account)}, which does not exist${interval}${meant}`;
    }
    case "stale-device":
      return `${who} tries ${called}, which ${gone(story)}${interval}`;
    case "wrong-signalling":
      return `${who} registers, but its calls as ${nameShown(account)} are refused`;
    case "allow-list":
      return `${who} signs in to ${called} from an address that is not on its list${interval}`;
    case "attack":
      return namesOf(facts) > 1
        ? `${who} goes through ${several(namesOf(facts), "account name")}`
        : `${who} guesses the password of ${called}: ${several(tries.tries, "try", "tries")}${interval}`;
    case "call-script":
    case "by-hand":
      return toldByRule({ cause, confidence: 1 }, facts);
  }
}

function toldByRule(found: Opinion, facts: CauseFacts): string {
  const attempts = several(facts.evidence.attempts, "failed attempt");
  const who = subjectOf(facts, null, found);
  const sentences: Readonly<Record<Trigger, string>> = {
    attempts: `${who} makes ${attempts}`,
    "account-names": `${who} goes through ${several(namesOf(facts), "account name")}`,
    "slow-attack": `${who} makes ${attempts}, slowly`,
    "account-failures": `${who} makes ${attempts} on one account`,
    "failing-accounts": `${who} goes through ${several(namesOf(facts), "account name")}`,
    "forged-headers": `${who} forges lines of Asterisk's own events`,
    logins: `${who} guesses a login to Asterisk's own services`,
    "unanswered-challenges": `${who} begins sign-ins and never answers`,
    flood: `${who} sends a flood of packets`,
    network: "too many sources of this network attack",
    neighbours: "somebody who goes from address to address fails to sign in",
    "call-attempts": "a program places too many calls",
    "by-hand": "shut out by hand",
  };
  return sentences[facts.trigger];
}

function namesOf({ evidence }: CauseFacts): number {
  return Math.max(evidence.tried.length, evidence.accounts.length);
}

function gone({ account }: Story): string {
  return account.state === "never" || account.state === "unknown" ? "does not exist" : "no longer exists";
}

/** From a place where it never worked, one password tried by a timer can be either. */
function doubt(found: Opinion, { account }: Story, { standing }: CauseFacts): string {
  const isDoubtful =
    standing !== "known" && found.cause === "outdated-credentials" && account.lastSuccessAtMs === null;
  return isDoubtful ? "; or somebody guesses slowly" : "";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
