/** Where in the UI one does what a command of an advice does. */
export type Deed =
  | { readonly kind: "button"; readonly button: "lift" | "never" | "network" }
  | { readonly kind: "page"; readonly page: Page; readonly of: string };

/** `list`: the allow-list of the extension `of`. */
export type Page = "blocks" | "locks" | "list" | "detection";

/** A sentence of advice, cut at the commands that it names. */
export type Part = string | Deed;

type Read = (found: RegExpExecArray) => readonly Part[];

const TARGET = "([0-9a-f:./]+)";
const page = (to: Page, of = ""): Deed => ({ kind: "page", page: to, of });
const button = (name: "lift" | "never" | "network"): Deed => ({ kind: "button", button: name });

/** The advice of GET /why, whose sentences name commands since the CLI prints them. Each begins as it does there, so that a name
 *  with a command in it, which an attacker may choose, is none. */
const COMMANDS: readonly (readonly [RegExp, Read])[] = [
  // The button ends every ban that shuts the address out, its network's too.
  [/^(If it is one of yours: )ringfence bans lift .+$/, ([, said = ""]) => [said, button("lift")]],
  [/^(To never shut it out again: )ringfence never-ban add \S+$/, ([, said = ""]) => [said, button("never")]],
  [/^(To let it in again: )ringfence blocks lift .+$/, ([, said = ""]) => [said, page("blocks")]],
  [
    /^(To open it everywhere: |If that is the phone of .+: )ringfence locks lift .+$/,
    ([, said = ""]) => [said, page("locks")],
  ],
  [
    new RegExp(`^(If that is its phone: )ringfence allow-list add (.+) ${TARGET}$`),
    ([, said = "", of = ""]) => [said, page("list", of)],
  ],
  [
    /^(If a dialler of yours places these calls: )ringfence detection set call-attempts N lets N a minute pass(.*)$/,
    ([, said = "", rest = ""]) => [said, page("detection"), rest],
  ],
  [
    new RegExp(`^(.*)ringfence bans add ${TARGET} shuts it out(.*)$`),
    ([, said = "", , rest = ""]) => [said, button("network"), rest],
  ],
];

/** What an advice says to who reads it beside the buttons of an address. A command that the UI has nothing for is left as it is. */
export function adviceParts(sentence: string): readonly Part[] {
  for (const [command, read] of COMMANDS) {
    const found = command.exec(sentence);
    if (found === null) continue;
    const parts = read(found).filter((part) => part !== "");
    return typeof parts.at(-1) === "string" ? parts : [...parts, "."];
  }
  return [sentence];
}
