import type { Notice } from "../domain/notices/notice.js";
import { banStory, blockStory, nameText } from "./explain-words.js";
import type { Happening } from "./ports.js";

/** What people are told of a happening; null: nothing. */
export function noticeOf(happening: Happening, nowMs: number): Notice | null {
  const told = wordsOf(happening, nowMs);
  return told === null ? null : { key: told.kind, ...told, atMs: nowMs };
}

type Told = Omit<Notice, "atMs" | "key"> & { readonly key?: string };

function wordsOf(happening: Happening, nowMs: number): Told | null {
  switch (happening.type) {
    case "ban": {
      const { ban } = happening;
      if (ban.trigger === "by-hand") return null;
      const line = banStory(ban, nowMs);
      if (ban.trigger === "call-attempts")
        return { kind: "call-script", title: "A program places calls", line };
      return ban.standing === "known"
        ? { kind: "known-source", title: "A known source was shut out", line }
        : null;
    }
    case "block": {
      const { block } = happening;
      if (block.trigger === "by-hand" || block.standing !== "known") return null;
      const title = "An account was blocked at a known source";
      return { kind: "known-source", key: "known-source-account", title, line: blockStory(block, nowMs) };
    }
    case "alarm":
      return ofAlarm(happening.slug, happening.detail);
    case "verdict": {
      const { reason, from, digits } = happening.verdict;
      if (reason !== "emergency") return null;
      const who = from === null ? "Somebody" : `Extension ${nameText(from)}`;
      return {
        kind: "emergency-call",
        title: "An emergency call was made",
        line: `${who} dialled ${digits}.`,
      };
    }
    case "lift":
    case "unblock":
    case "lock":
    case "unlock":
    case "shadow":
    case "policy":
    case "import":
      return null;
  }
}

/** Slugs may name a rule and a standing, and are never made of what a sender wrote; keys must be fewer all the same. */
function ofAlarm(slug: string, line: string): Told | null {
  const spend = /^spend-(80|95|100)$/.exec(slug)?.[1];
  if (spend !== undefined) {
    const title = spend === "100" ? "A spend limit is reached" : `Spend has reached ${spend} % of a limit`;
    return { kind: "spend", key: slug, title, line };
  }
  switch (slug) {
    case "account-attacked":
      return { kind: "account-attacked", title: "An account is under attack", line };
    case "new-country":
      return { kind: "first-country", title: "An extension called a country for the first time", line };
    case "call-script":
      return { kind: "call-script", title: "A program places calls", line };
    // Its verdict tells the same.
    case "emergency-call":
      return null;
  }
  if (/-(failed|refused)$/.test(slug))
    return { kind: "failure", title: "Ringfence could not do something", line };
  return { kind: "alarm", title: "Alarm", line };
}
