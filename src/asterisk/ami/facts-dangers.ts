import type { Ask } from "./control.js";

type General = ReadonlyMap<string, string>;

/** What an administrator should change about how Asterisk is set up, each a sentence that says what to write instead. What AMI
 *  does not tell is passed over. ARI and IAX2 raise no security event for a wrong password (seen on 16 and 22). */
export async function dangersOf(ask: Ask, actions: ReadonlySet<string>): Promise<string[]> {
  const dangers: string[] = [];
  // Whoever may originate calls may run commands (CVE-2024-42365).
  if (actions.has("originate")) {
    dangers.push(
      "Ringfence's user of Asterisk's manager may originate calls, and with that run any command: give it no more than " +
        "read = security,system and write = system in manager.conf.",
    );
  }
  if (actions.has("iaxpeerlist")) {
    dangers.push(
      "IAX2 is loaded, and Asterisk tells nobody of wrong passwords there: Ringfence can't shut guessers out. Write " +
        "noload = chan_iax2.so into modules.conf if nobody uses it, or let a firewall admit your peers alone.",
    );
  }
  if (!actions.has("getconfig")) return dangers;
  const http = await generalOf(ask, "http.conf");
  if (!isOn(http, "enabled")) return dangers;
  const manager = await generalOf(ask, "manager.conf");
  if (isOn(manager, "webenabled")) {
    dangers.push(
      "Asterisk's manager takes logins over HTTP (webenabled = yes in manager.conf): passwords can be guessed there, and " +
        "a login can carry forged lines into its events. Write webenabled = no unless something needs it.",
    );
  }
  const address = http.get("bindaddr") ?? "0.0.0.0";
  if (!LOOPBACK.test(address) && isOn(await generalOf(ask, "ari.conf"), "enabled")) {
    dangers.push(
      `Asterisk's web server listens on ${shown(address)}, and Asterisk tells nobody of wrong ARI passwords: Ringfence can't ` +
        "shut guessers out. Write bindaddr = 127.0.0.1 into http.conf, or let a firewall admit those who need it.",
    );
  }
  return dangers;
}

/** The section [general] of a file, as Asterisk itself would read it now; empty where it does not show the file. */
async function generalOf(ask: Ask, file: string): Promise<General> {
  const { message } = await ask("GetConfig", { Filename: file, Category: "general" });
  const settings = new Map<string, string>();
  for (const [header, value] of message) {
    const equals = value.indexOf("=");
    if (!/^line-\d+-\d+$/.test(header) || equals < 0) continue;
    // Of a setting given twice the last counts, as it does to Asterisk.
    settings.set(value.slice(0, equals).trim().toLowerCase(), value.slice(equals + 1).trim());
  }
  return settings;
}

/** What Asterisk takes for true. */
const TRUE: ReadonlySet<string> = new Set(["yes", "true", "y", "t", "1", "on"]);
const LOOPBACK = /^(127\.|\[?::1\]?$|localhost$)/i;

function isOn(settings: General, key: string): boolean {
  return TRUE.has((settings.get(key) ?? "").toLowerCase());
}

/** An administrator's own text, in a sentence. */
function shown(address: string): string {
  return /^[0-9a-z.:[\]-]{1,60}$/i.test(address) ? address : "an address that is not this machine's own";
}
