import { hostname } from "node:os";
import { type Message, NOTICES_EXPLAINED, todoOf } from "../domain/notices/notice.js";

/** What every channel says, as plain text. */

const LONGEST = 500;

/** One line without control characters, without those that turn the direction of text, and in which no program finds a link: account
 *  names and the like are chosen by attackers. */
export function plain(text: string): string {
  const visible = text
    .slice(0, LONGEST)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu, "?")
    .replace(/:\/\//g, "[:]//")
    .replace(/\bwww\./gi, "www[.]");
  return text.length > LONGEST ? `${visible}…` : visible;
}

/** Words of ours and a count, for subjects and first lines. */
export function headline(messages: readonly Message[]): string {
  const [first] = messages;
  if (first === undefined) return "Nothing";
  const times = first.count > 1 ? ` (${first.count} times)` : "";
  const others = messages.length - 1;
  const more = others === 0 ? "" : others === 1 ? ", and 1 other notice" : `, and ${others} other notices`;
  return `${first.title}${times}${more}`;
}

/** The name of this machine. */
export function systemName(): string {
  return (
    hostname()
      .replace(/[^a-z0-9.-]/gi, "?")
      .slice(0, 100) || "this system"
  );
}

export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  /** What to do, and where: words of ours alone. */
  readonly advice: readonly string[];
}

/** One for each message. @param line makes text of attackers harmless for the channel */
export function sections(
  messages: readonly Message[],
  uiUrl: string | null,
  line: (text: string) => string = plain,
): Section[] {
  return messages.map((message) => {
    const { title, count, firstAtMs, lastAtMs, lines } = message;
    const when =
      count === 1 ? timeOf(lastAtMs) : `${count} times, ${timeOf(firstAtMs)} to ${timeOf(lastAtMs)}`;
    const more = count - lines.length;
    // Several may have said the same.
    const rest = more > 0 && lines.length > 1 ? [`… ${count} in all.`] : [];
    const todo = todoOf(message);
    const advice = [...(todo === null ? [] : [`What to do: ${todo}`]), whereOf(message, uiUrl)];
    return { title: `${title} (${when})`, lines: [...lines.map(line), ...rest], advice };
  });
}

/** A link where one is known, so that it can be opened from a phone. */
function whereOf({ kind }: Message, uiUrl: string | null): string {
  const { page } = NOTICES_EXPLAINED[kind];
  return uiUrl === null ? `In the web UI: ${page}` : `${uiUrl}${page}`;
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
