import { plain } from "./deck-heading.js";

/** What the status of a row says: `blocked` takes no calls, `deleted` is no row any more. */
export type Standing = "open" | "blocked" | "deleted";

/** Of one or several status cells with their headings, the strictest. `unknown` hears each word that is not known, and is taken for
 *  one in force. */
export function standingOf(
  cells: readonly (readonly [text: string, heading: string])[],
  unknown: (word: string) => void,
): Standing {
  const standings = cells.map(([text, heading]) => readStatus(text.trim(), plain(heading), unknown));
  if (standings.includes("blocked")) return "blocked";
  return standings.includes("deleted") ? "deleted" : "open";
}

const DELETED =
  /^(?:deleted?|removed?|discontinued|withdrawn|expired|supprimee?|geloscht|geloescht|eliminado|excluido)$/;
const BLOCKED =
  /^(?:blocked|block|barred|closed|suspended|inactive|disabled|off|not available|unavailable|no route|bloquee?|bloqueado|fermee?|gesperrt|cerrado|fechado|inattivo|inativo)$/;
const OPEN =
  /^(?:|active|open|enabled|on|ok|available|current|valid|live|new|added|unchanged|no change|same|changed?|(?:pending )?(?:in|de)creased?|[inuac=+-]|up|down|actif|ouvert|nouveau|aktiv|frei|neu|activo|abierto|vigente|nuevo|ativo|aberto|novo)$/;
const YES = /^(?:y|yes|true|1|x|oui|ja|si|sim)$/;
const NO = /^(?:n|no|false|0|non|nein|nao)$/;

function readStatus(text: string, heading: string, unknown: (word: string) => void): Standing {
  if (text === "") return "open";
  const word = plain(text) || text;
  const asked = askedBy(heading);
  if (asked !== null && YES.test(word)) return asked;
  if (asked !== null && NO.test(word)) return asked === "open" ? "blocked" : "open";
  if (DELETED.test(word)) return "deleted";
  if (BLOCKED.test(word)) return "blocked";
  if (!OPEN.test(word)) unknown(text.slice(0, 40));
  return "open";
}

/** What `yes` means below a heading; null: the heading asks nothing. */
function askedBy(heading: string): Standing | null {
  if (/block|barr|reject|forbid|sperr/.test(heading)) return "blocked";
  if (/discontinu/.test(heading)) return "deleted";
  return /activ|enabl|avail/.test(heading) ? "open" : null;
}
