import { readFileSync, statSync } from "node:fs";
import { isCollection, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";
import type { Refusals } from "./domain/calling/refusals.js";
import type { Target } from "./domain/address.js";
import { faultsOf, type ConfigFault } from "./config-faults.js";
import { configSchema } from "./config-schema.js";

/** Connections and paths; see docs/configuration.md. Rules are not here: they live in the database. */
export interface Config {
  readonly ami: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly secret: string;
  };
  /** `url` is scheme, host and port, without a slash at its end. */
  readonly ari: {
    readonly url: string;
    readonly user: string;
    readonly password: string;
  };
  /** Asterisk's own configuration folder, in which Ringfence writes the lists that Asterisk enforces. */
  readonly asterisk: {
    readonly configDir: string;
    /** Every extension has a list in acl.conf, one that lets everybody in where there is none: what a realtime database or
     *  sip.conf names must never be missing. */
    readonly listForEach: boolean;
  };
  /** Absolute, as all paths. */
  readonly database: string;
  readonly firewall: {
    readonly backend: "nftables" | "ipset" | "asterisk-acl" | "dry-run";
    /** What a packet of a source that is shut out gets. */
    readonly answer: "drop" | "reject";
    readonly sipPorts: { readonly udp: readonly number[]; readonly tcp: readonly number[] };
    /** Open to who is shut out, beside that of `http.listen`. */
    readonly uiPorts: readonly number[];
    /** Nobody is shut out any longer when the daemon stops; otherwise bans stay until they end. */
    readonly flushOnStop: boolean;
    readonly flood: {
      readonly packets: number;
      readonly seconds: number;
      readonly strangers: number | null;
    } | null;
    readonly nft: string;
    readonly ipset: string;
    readonly iptables: string;
    readonly ip6tables: string;
  };
  /** MMDB files; null: what is found in the usual places. */
  readonly geo: { readonly country: string | null; readonly network: string | null };
  readonly http: {
    readonly socket: string;
    readonly listen: { readonly host: string; readonly port: number } | null;
    /** Null: plain HTTP. */
    readonly tls: { readonly cert: string; readonly key: string } | null;
    /** Whose `X-Forwarded-For` is believed. */
    readonly trustedProxies: readonly Target[];
    /** By what names browsers call it, lower case. */
    readonly names: readonly string[];
    /** Where people open the web UI, without a slash at the end: notifications link there; null: they name the page alone. */
    readonly url: string | null;
    /** Holds the password of the first user; null: one is made, and told in the log. */
    readonly firstPasswordFile: string | null;
  };
  /** Where Asterisk mirrors SIP to, a loopback address; `listen` null: nothing is heard. */
  readonly hep: { readonly listen: { readonly host: string; readonly port: number } | null };
  /** `file` null: standard output. */
  readonly log: { readonly level: "error" | "warn" | "info" | "debug"; readonly file: string | null };
  /** By reason; `default` for those that are not named. */
  readonly refusals: Refusals;
  /** Never acted on, whatever the rules say. */
  readonly protect: readonly Target[];
}

type Environment = Readonly<Record<string, string | undefined>>;
type Read<T> = T | { readonly faults: readonly ConfigFault[] };

/** Secrets that may come from the environment, which wins over the file. */
const SECRETS = [
  { section: "ami", key: "secret", variable: "RINGFENCE_AMI_SECRET" },
  { section: "ari", key: "password", variable: "RINGFENCE_ARI_PASSWORD" },
] as const;

/** Reads and checks the file. `warnings` are sentences for a person; the daemon can run all the same. */
export function loadConfig(
  path: string,
  env: Environment,
): Read<{ config: Config; warnings: readonly string[] }> {
  let text: string;
  let mode: number;
  try {
    text = readFileSync(path, "utf8");
    mode = statSync(path).mode;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { faults: [fault(`the file cannot be read (${why}): name another with --config FILE`)] };
  }
  const parsed = parseConfig(text, env);
  if ("faults" in parsed) return parsed;
  const exposed = (mode & 0o004) !== 0 ? parsed.secretsInFile : [];
  const warnings = exposed.map(
    (key) => `${path} holds \`${key}\` and everybody on this machine can read it: chmod o-r ${path}`,
  );
  return { config: parsed.config, warnings };
}

/** Checks the whole text: either a complete configuration or every fault in it. `secretsInFile` names the secrets that the
 *  text holds. */
export function parseConfig(
  text: string,
  env: Environment,
): Read<{ config: Config; secretsInFile: readonly string[] }> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = syntaxFaults(document, lines);
  if (syntax.length > 0) return { faults: syntax };
  const { written, secretsInFile } = withSecrets(document.toJS(), env);
  const checked = configSchema.safeParse(written);
  if (!checked.success) return { faults: faultsOf(checked.error.issues, document, lines) };
  return { config: checked.data, secretsInFile };
}

function syntaxFaults(document: Document.Parsed, lines: LineCounter): ConfigFault[] {
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const faults: ConfigFault[] = [...document.errors, ...document.warnings].map((error) => ({
    ...at(error.pos[0]),
    key: "",
    message: MESSAGES[error.code] ?? error.message,
  }));
  const add = (node: Node, message: string) => {
    faults.push({ ...at(node.range?.[0] ?? 0), key: "", message });
  };
  visit(document, {
    Alias: (_, alias) => add(alias, "anchors and aliases are not read here: write the value out"),
    Pair: (_, { key }) => {
      if (isCollection(key)) add(key, "a key is a single word, such as `ami`");
    },
  });
  return faults;
}

/** The faults that people make, in words that say what to do. */
const MESSAGES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "this key is here a second time: take one of them out",
  MULTIPLE_DOCS: "a second document begins here: take the line `---` and what follows out",
  TAB_AS_INDENT: "indent with spaces, not with tabs",
};

/** What was written, with the secrets of the environment in their places; the text itself is left as it is. */
function withSecrets(written: unknown, env: Environment): { written: unknown; secretsInFile: string[] } {
  if (written !== null && !isRecord(written)) return { written, secretsInFile: [] };
  const whole: Record<string, unknown> = { ...written };
  const secretsInFile: string[] = [];
  for (const { section, key, variable } of SECRETS) {
    const part = whole[section] ?? {};
    // A section of the wrong kind is left to the schema, which says so.
    if (!isRecord(part)) continue;
    if (part[key] !== undefined) secretsInFile.push(`${section}.${key}`);
    const fromEnv = env[variable];
    if (fromEnv !== undefined && fromEnv !== "") whole[section] = { ...part, [key]: fromEnv };
  }
  return { written: whole, secretsInFile };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fault(message: string): ConfigFault {
  return { line: null, column: null, key: "", message };
}
