import { type Deed, deeds } from "../texts/advice.js";

export interface Advice {
  readonly text: string;
  readonly page: { readonly label: string; readonly to: string } | null;
}

/** The daemon's sentence with the buttons and pages of the UI in the place of commands. What it says of names (they are an
 *  attacker's, and stand in quotes) is left as it is, and so is a command that has no button.
 *  @param may whether the reader has the buttons of that role */
export function adviceHere(sentence: string, may: (role: "operator" | "admin") => boolean): Advice {
  for (const at of startsOfCommands(sentence)) {
    const rest = sentence.slice(at);
    const found = deeds
      .map((deed) => ({ deed, command: deed.command.exec(rest)?.[0] }))
      .find(({ command }) => command !== undefined);
    if (found?.command === undefined) continue;
    const { deed, command } = found;
    return {
      text: sentence.slice(0, at) + wordsOf(deed, may) + rest.slice(command.length),
      page: deed.page === undefined ? null : { label: deed.page.label, to: deed.page.to(command) },
    };
  }
  return { text: sentence, page: null };
}

function wordsOf({ words, who }: Deed, may: (role: "operator" | "admin") => boolean): string {
  return who === undefined || may(who.role) ? words : who.words;
}

/** Where `ringfence` (or `with ringfence`) begins outside of quotes. */
function startsOfCommands(sentence: string): number[] {
  const outside = sentence.replace(/"[^"]*"/g, (quoted) => '"'.repeat(quoted.length));
  return [...outside.matchAll(/\b(?:with )?ringfence /g)].map(({ index }) => index);
}
