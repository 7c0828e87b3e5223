import { FILES, includeLine } from "../acl/files.js";
import { hasSection, includes, isGenerated, settingOf } from "./conf-text.js";

export interface SetupSettings {
  readonly ami: { readonly user: string; readonly secret: string };
  readonly ari: { readonly user: string; readonly password: string };
  /** Where the mirror is heard; null: it is not wanted. */
  readonly hep: { readonly host: string; readonly port: number } | null;
}

/** One thing that Asterisk needs. `missing`: `text` is to be put at the end of the file (or to be the whole of one that is not there).
 *  `by-hand`: only a person can say what is right there. */
export interface SetupStep {
  /** Below Asterisk's configuration folder. */
  readonly file: string;
  readonly what: string;
  readonly state: "done" | "missing" | "by-hand";
  readonly text: string | null;
  /** Of `missing`: `text` takes the place of what is there. */
  readonly replaces: boolean;
}

/** Null where there is no such file. */
type Read = (file: string) => string | null;

const DIALPLAN = "ringfence/extensions-ringfence.conf";

/** What Asterisk's configuration needs so that Ringfence can work with it, in an order in which it may be written: an endpoint must
 *  never name a list before acl.conf leads to the lists. */
export function planSetup(read: Read, dialplan: string, settings: SetupSettings): SetupStep[] {
  return [
    login(
      read,
      "manager.conf",
      "the daemon's AMI login",
      settings.ami.user,
      settings.ami.secret,
      (secret) => [
        `secret = ${secret}`,
        "deny = 0.0.0.0/0.0.0.0",
        "permit = 127.0.0.1/255.255.255.255",
        "read = security,system",
        "write = system,reporting",
      ],
    ),
    enabled(read, "manager.conf", "AMI is on, on this machine alone", ["bindaddr = 127.0.0.1"]),
    login(
      read,
      "ari.conf",
      "the daemon's ARI login",
      settings.ari.user,
      settings.ari.password,
      (password) => ["type = user", "read_only = no", "password_format = plain", `password = ${password}`],
    ),
    enabled(read, "ari.conf", "ARI is on", []),
    enabled(read, "http.conf", "Asterisk's web server is on, for ARI (a change needs a restart)", [
      "bindaddr = 127.0.0.1",
      "bindport = 8088",
    ]),
    subroutine(read, dialplan),
    include(read, "extensions.conf", `#include ${DIALPLAN}`, "calls can be judged"),
    include(read, FILES.lists, includeLine("lists"), "Asterisk reads the lists"),
    include(read, FILES.pjsip, includeLine("pjsip"), "endpoints have their lists"),
    ...(read(FILES.wizard) === null || !/^\s*\[/m.test(read(FILES.wizard) ?? "")
      ? []
      : [include(read, FILES.wizard, includeLine("wizard"), "the wizard's endpoints have their lists")]),
    ...(settings.hep === null ? [] : [mirror(read, settings.hep)]),
  ];
}

function login(
  read: Read,
  file: string,
  what: string,
  user: string,
  secret: string,
  lines: (secret: string) => string[],
): SetupStep {
  const text = read(file);
  const section = (value: string): string => `\n[${user}]\n${lines(value).join("\n")}\n`;
  if (text !== null && hasSection(text, user)) return done(file, what);
  // A semicolon begins a comment there, and what other files hold is not looked at.
  const isPlain = /^[\w.-]+$/.test(user) && /^[^;\\\s]+$/.test(secret);
  if (isPlain && text !== null && !/^\s*#(try)?include/m.test(text))
    return missing(file, what, text, section(secret));
  return byHand(file, what, section("THE SECRET IN ringfence.yaml"));
}

function enabled(read: Read, file: string, what: string, more: readonly string[]): SetupStep {
  const text = read(file) ?? "";
  if (/^(yes|true|y|t|1|on)$/i.test(settingOf(text, "general", "enabled") ?? "")) return done(file, what);
  // It may be off for a reason.
  return byHand(file, what, ["[general]", "enabled = yes", ...more, ""].join("\n"));
}

function subroutine(read: Read, dialplan: string): SetupStep {
  const what = "the dialplan subroutine of this version";
  if (read(DIALPLAN) === dialplan) return done(DIALPLAN, what);
  return { file: DIALPLAN, what, state: "missing", text: dialplan, replaces: true };
}

function include(read: Read, file: string, line: string, what: string): SetupStep {
  const text = read(file);
  const at = text === null ? null : includes(text, line.replace(/^#\w+ /, ""));
  if (at === "end") return done(file, what);
  if (at === "middle") return byHand(file, `${what}: its line must be the last`, `${line}\n`);
  // acl.conf alone may be missing in an Asterisk that works.
  if (text === null && file !== FILES.lists) return byHand(file, what, `${line}\n`);
  return missing(file, what, text ?? "", `${line}\n`);
}

function mirror(read: Read, { host, port }: { host: string; port: number }): SetupStep {
  const what = "the mirror of SIP (a change needs a restart)";
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const text = read("hep.conf") ?? "";
  const isOn = settingOf(text, "general", "enabled") === "yes";
  if (isOn && settingOf(text, "general", "capture_address") === address) return done("hep.conf", what);
  const lines = [
    "[general]",
    "enabled = yes",
    `capture_address = ${address}`,
    "capture_id = 1",
    "uuid_type = call-id",
  ];
  return byHand("hep.conf", what, `${lines.join("\n")}\n`);
}

function done(file: string, what: string): SetupStep {
  return { file, what, state: "done", text: null, replaces: false };
}

/** A file that a program writes anew loses what is put into it. */
function missing(file: string, what: string, text: string, addition: string): SetupStep {
  if (isGenerated(text))
    return byHand(file, `${what}: another program writes this file, so use its way`, addition);
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  return { file, what, state: "missing", text: gap + addition, replaces: false };
}

function byHand(file: string, what: string, text: string): SetupStep {
  return { file, what, state: "by-hand", text: text.replace(/^\n/, ""), replaces: false };
}
