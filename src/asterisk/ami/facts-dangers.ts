import type { Ask } from "./control.js";

/** What an administrator should change about the manager, each a sentence that says what to write instead. What AMI does not
 *  tell is passed over. */
export async function dangersOf(ask: Ask, actions: ReadonlySet<string>): Promise<string[]> {
  const dangers: string[] = [];
  // Whoever may originate calls may run commands (CVE-2024-42365).
  if (actions.has("originate")) {
    dangers.push(
      "Ringfence's user of Asterisk's manager may originate calls, and with that run any command: give it no more than " +
        "read = security,system and write = system in manager.conf.",
    );
  }
  if (actions.has("getconfig") && (await isOn(ask, "manager.conf", "webenabled")) && (await isHttpOn(ask))) {
    dangers.push(
      "Asterisk's manager takes logins over HTTP (webenabled = yes in manager.conf): passwords can be guessed there, and " +
        "a login can carry forged lines into its events. Write webenabled = no unless something needs it.",
    );
  }
  return dangers;
}

const isHttpOn = (ask: Ask): Promise<boolean> => isOn(ask, "http.conf", "enabled");

/** Whether the file says yes in its section [general], as Asterisk itself would read it. */
async function isOn(ask: Ask, file: string, key: string): Promise<boolean> {
  const { message } = await ask("GetConfig", { Filename: file, Category: "general" });
  let on = false;
  for (const [header, value] of message) {
    const [name, said] = value.split("=", 2).map((text) => text.trim().toLowerCase());
    // The last one counts, as it does to Asterisk.
    if (/^line-\d+-\d+$/.test(header) && name === key) on = TRUE.has(said ?? "");
  }
  return on;
}

/** What Asterisk takes for true. */
const TRUE: ReadonlySet<string> = new Set(["yes", "true", "y", "t", "1", "on"]);
