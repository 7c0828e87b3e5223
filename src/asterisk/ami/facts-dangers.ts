import type { Ask } from "./control.js";
import type { Endpoint } from "./facts-trunks.js";

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
  // Only where chan_sip is loaded is there such an action.
  if (actions.has("sippeers")) dangers.push(...chanSipDangers(await generalOf(ask, "sip.conf")));
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

/** Endpoints of PJSIP that need no password, and are told by what anybody can write. */
export function openEndpoints(
  endpoints: readonly Pick<Endpoint, "name" | "hasInboundAuth" | "identifyBy" | "context">[],
): string[] {
  const dangers: string[] = [];
  const anonymous = endpoints.find(({ name }) => name === "anonymous" || name.startsWith("anonymous@"));
  if (anonymous !== undefined && !anonymous.hasInboundAuth) {
    dangers.push(
      `The endpoint ${named([anonymous.name])} lets anybody call without a password, into the context ${named([anonymous.context])} of the ` +
        "dialplan, and no failure is ever seen: take it out of pjsip.conf, or see that nothing in that context dials outside.",
    );
  }
  const open = endpoints.filter(
    (each) => each !== anonymous && !each.hasInboundAuth && each.identifyBy.includes("username"),
  );
  if (open.length > 0) {
    dangers.push(
      `Whoever writes ${named(open.map(({ name }) => name))} as the user of From is taken for that endpoint, without a password and from anywhere: ` +
        "write identify_by = ip into its section of pjsip.conf (without that line Asterisk takes username as well), or give it an auth.",
    );
  }
  return dangers;
}

/** What chan_sip lets strangers do by default, or by an old habit. */
function chanSipDangers(sip: General): string[] {
  const dangers: string[] = [];
  if (!sip.has("allowguest") || isOn(sip, "allowguest")) {
    dangers.push(
      "chan_sip takes calls from anybody without a password (allowguest, which is on unless told otherwise), and raises no event of them: " +
        "write allowguest = no into [general] of sip.conf.",
    );
  }
  if (sip.has("alwaysauthreject") && !isOn(sip, "alwaysauthreject")) {
    dangers.push(
      "chan_sip tells strangers which accounts exist (alwaysauthreject = no in sip.conf): write alwaysauthreject = yes, which is the default.",
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

/** At most five of them, as an administrator chose them. */
function named(names: readonly string[]): string {
  const plain = names
    .slice(0, 5)
    .map((name) => (/^[\w.+@-]{1,60}$/.test(name) ? name : "one with an odd name"));
  return names.length > 5 ? `${plain.join(", ")} or ${names.length - 5} more` : plain.join(" or ");
}

/** An administrator's own text, in a sentence. */
function shown(address: string): string {
  return /^[0-9a-z.:[\]-]{1,60}$/i.test(address) ? address : "an address that is not this machine's own";
}
