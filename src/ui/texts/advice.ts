/** What the daemon advises names commands, for those who read it in a terminal. On a page it names the button or the page that
 *  does the same. `command` is what stands there, `words` what takes its place; `to` is the page, `who` the words for an account
 *  that has no such button. */
export interface Deed {
  readonly command: RegExp;
  readonly words: string;
  readonly who?: { readonly role: "operator" | "admin"; readonly words: string };
  readonly page?: { readonly label: string; readonly to: (rest: string) => string };
}

const page = (label: string, path: string) => ({ label, to: () => path });

/** Each begins where the command does; an argument is a word, or stands in quotes. */
export const deeds: readonly Deed[] = [
  {
    command: /^ringfence bans lift \S+(?: and ringfence bans lift \S+)*$/,
    words: "press “Lift”.",
    who: { role: "operator", words: "an operator can lift it." },
  },
  {
    command: /^ringfence never-ban add \S+$/,
    words: "press “Never ban this”.",
    who: { role: "admin", words: "an admin can put it on the list of those that are never banned." },
  },
  {
    command: /^ringfence bans add \S+(?= shuts it out)/,
    words: "“Ban the network”",
    who: { role: "operator", words: "a ban of the network by an operator" },
  },
  {
    command: /^ringfence blocks lift (?:"[^"]*"|\S+) \S+$/,
    words: "lift its block.",
    page: {
      label: "To the blocks",
      to: (command) => `/bans?tab=blocks&q=${encodeURIComponent(command.split(" ").at(-1) ?? "")}`,
    },
  },
  {
    command: /^ringfence locks lift (?:"[^"]*"|\S+)$/,
    words: "lift its lock.",
    page: page("To the locks", "/bans?tab=locks"),
  },
  {
    command: /^ringfence allow-list add (?:"[^"]*"|\S+) \S+$/,
    words: "add the address to its allow-list.",
    page: page("To the allow-lists", "/allow-lists"),
  },
  {
    command: /^ringfence detection set call-attempts N lets N a minute pass/,
    words: "a higher limit of call attempts lets more pass",
    page: page("To the limits", "/detection"),
  },
  {
    command: /^with ringfence rates import FILE$/,
    words: "under Rates.",
  },
];
