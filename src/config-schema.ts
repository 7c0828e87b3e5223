import { isIP } from "node:net";
import { isAbsolute } from "node:path";
import { z } from "zod";
import { isLoopback } from "./asterisk/hep/loopback.js";
import { isAnnouncement, REFUSAL_REASONS } from "./domain/calling/refusals.js";
import { parseTarget } from "./domain/address.js";

const ami = {
  host: text("is the host of Asterisk's manager: write 127.0.0.1", isHost).default("127.0.0.1"),
  port: port("is the port of Asterisk's manager: write 5038").default(5038),
  user: plainText("is the manager user of manager.conf: write ringfence").default("ringfence"),
  secret: secret("RINGFENCE_AMI_SECRET", "the secret of the manager user"),
};

const ari = {
  url: text(
    "is the address of Asterisk's web server, without user, path or ?: write http://127.0.0.1:8088",
    isAriUrl,
  )
    .transform((url) => url.replace(/\/+$/, ""))
    .default("http://127.0.0.1:8088"),
  user: plainText("is the user of ari.conf: write ringfence").default("ringfence"),
  password: secret("RINGFENCE_ARI_PASSWORD", "the password of the ARI user"),
};

const sipPorts = {
  udp: ports("are UDP ports of SIP and IAX2: write [5060, 4569]").default([5060, 4569]),
  tcp: ports("are TCP ports of SIP: write [5060, 5061]").default([5060, 5061]),
};

const FLOOD =
  "is how much a source may send: write { packets: 100, seconds: 2, strangers: 500 }, or null for as much as it likes";
const flood = {
  packets: wholeNumber(1, 1_000, "is how many packets a source may send in `seconds`: write 100").default(
    100,
  ),
  seconds: wholeNumber(1, 600, "is for how long `packets` counts: write 2").default(2),
  strangers: z
    .nullable(
      wholeNumber(
        10,
        1_000_000,
        "is how many packets a second all strangers may send together: write 500, or null for as many as they like",
      ),
    )
    .default(500),
};

const asterisk = {
  configDir: path("/etc/asterisk").default("/etc/asterisk"),
  listForEach: z
    .boolean({
      error:
        "is whether every extension has a list, open or not, for a database or sip.conf to name: write true or false",
    })
    .default(false),
};

const firewall = {
  backend: z
    .enum(["nftables", "ipset", "asterisk-acl", "dry-run"], {
      error:
        "is how sources are shut out: write nftables, ipset (with iptables), asterisk-acl (without the kernel), or dry-run to only say so",
    })
    .default("nftables"),
  answer: z
    .enum(["drop", "reject"], {
      error: "is what who is shut out gets: write drop (nothing), or reject (an error)",
    })
    .default("drop"),
  sipPorts: section("holds ports: write sipPorts: { udp: [5060, 4569], tcp: [5060, 5061] }", sipPorts),
  uiPorts: ports("are ports that stay open to who is shut out: write [443]").default([]),
  flushOnStop: z
    .boolean({ error: "is whether bans go when Ringfence stops: write false (they stay), or true" })
    .default(false),
  flood: z.nullable(z.strictObject(flood, { error: FLOOD })).prefault({}),
  nft: path("/usr/sbin/nft").default("/usr/sbin/nft"),
  ipset: path("/usr/sbin/ipset").default("/usr/sbin/ipset"),
  iptables: path("/usr/sbin/iptables").default("/usr/sbin/iptables"),
  ip6tables: path("/usr/sbin/ip6tables").default("/usr/sbin/ip6tables"),
};

const geo = {
  country: z.nullable(path("/usr/share/GeoIP/GeoLite2-Country.mmdb")).default(null),
  network: z.nullable(path("/usr/share/GeoIP/GeoLite2-ASN.mmdb")).default(null),
};

const TLS =
  "holds the paths of a certificate with its chain and of its key, PEM: write tls: { cert: /etc/ringfence/cert.pem, key: /etc/ringfence/key.pem }, or null for plain HTTP";
const tls = {
  cert: path("/etc/ringfence/cert.pem"),
  key: path("/etc/ringfence/key.pem"),
};

const http = {
  socket: path("/run/ringfence/ringfence.sock")
    // The kernel's limit for the name of a Unix socket.
    .refine(
      (value) => Buffer.byteLength(value) <= 107,
      "is too long for a socket: name a path of at most 107 bytes",
    )
    .default("/run/ringfence/ringfence.sock"),
  listen: z.nullable(listenAddress()).default({ host: "127.0.0.1", port: 8787 }),
  tls: z.nullable(z.strictObject(tls, { error: TLS })).default(null),
  trustedProxies: z
    .array(target(), {
      error: "is a list of the proxies' own addresses: write trustedProxies: [127.0.0.1]",
    })
    .refine(
      (proxies) => !proxies.some((each) => each.endsWith("/0")),
      "would believe everybody: write the addresses of your proxies alone, such as [127.0.0.1]",
    )
    .default([]),
  names: z
    .array(text("is a name that browsers call this server by: write pbx.example.com", isHost), {
      error: "is a list of the names that browsers call this server by: write names: [pbx.example.com]",
    })
    .transform((names) => names.map((name) => name.toLowerCase()))
    .default([]),
  url: z
    .nullable(
      text("is where people open the web UI, without path or ?: write https://pbx.example.com", isOrigin),
    )
    .transform((url) => url?.replace(/\/+$/, "") ?? null)
    .default(null),
  firstPasswordFile: z.nullable(path("/etc/ringfence/first-password")).default(null),
};

const hep = {
  listen: z.nullable(loopbackAddress()).default({ host: "127.0.0.1", port: 9060 }),
};

const log = {
  level: z
    .enum(["error", "warn", "info", "debug"], {
      error: "is how much is logged: write error, warn, info or debug",
    })
    .default("info"),
  file: z.nullable(path("/var/log/ringfence.log")).default(null),
};

const REFUSAL = "is what whoever is refused gets: write { cause: 21, announcement: ss-noservice }";
const refusal = {
  cause: wholeNumber(
    1,
    127,
    "is the ISDN cause of the call's end: write 21 (403 Forbidden to a phone)",
  ).default(21),
  announcement: z
    .nullable(
      text(
        "is the names of Asterisk's sounds, joined by &: write ss-noservice, or null for none",
        isAnnouncement,
      ),
    )
    .default(null),
};
const refusals = Object.fromEntries(
  Object.keys(REFUSAL_REASONS).map((reason) => [
    reason,
    z.strictObject(refusal, { error: REFUSAL }).optional(),
  ]),
);

const whole = {
  ami: section("holds keys: write ami: { host: 127.0.0.1, port: 5038, user: ringfence }", ami),
  ari: section("holds keys: write ari: { url: http://127.0.0.1:8088, user: ringfence }", ari),
  asterisk: section("holds keys: write asterisk: { configDir: /etc/asterisk }", asterisk),
  database: path("/var/lib/ringfence/ringfence.db").default("/var/lib/ringfence/ringfence.db"),
  firewall: section("holds keys: write firewall: { backend: nftables }", firewall),
  geo: section(
    "holds paths of MMDB files: write geo: { country: /usr/share/GeoIP/GeoLite2-Country.mmdb }",
    geo,
  ),
  http: section(
    "holds keys: write http: { socket: /run/ringfence/ringfence.sock, listen: 127.0.0.1:8787 }",
    http,
  ),
  hep: section("holds keys: write hep: { listen: 127.0.0.1:9060 }", hep),
  log: section("holds keys: write log: { level: info }", log),
  refusals: section(
    "holds reasons: write refusals: { default: { cause: 21, announcement: ss-noservice } }",
    refusals,
  ),
  protect: z
    .array(target(), {
      error: "is a list of addresses and networks: write protect: [192.0.2.10, 198.51.100.0/24]",
    })
    .default([]),
};

/** The shape of the configuration file. Each message goes after the name of its key, and says what to write. */
export const configSchema = section(
  "the file is a list of keys: write `ami:` and the others, see docs/configuration.md",
  whole,
);

/** The keys of each section; those of the file itself under the empty name. */
export const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(whole),
  ami: Object.keys(ami),
  ari: Object.keys(ari),
  asterisk: Object.keys(asterisk),
  firewall: Object.keys(firewall),
  "firewall.sipPorts": Object.keys(sipPorts),
  "firewall.flood": Object.keys(flood),
  geo: Object.keys(geo),
  http: Object.keys(http),
  "http.tls": Object.keys(tls),
  hep: Object.keys(hep),
  log: Object.keys(log),
  refusals: Object.keys(refusals),
  ...Object.fromEntries(Object.keys(refusals).map((reason) => [`refusals.${reason}`, Object.keys(refusal)])),
};

/** A section that is left out, or left empty, is read as if it were `{}`. */
function section<S extends z.core.$ZodLooseShape>(message: string, shape: S) {
  const error = (issue: z.core.$ZodRawIssue): string | undefined =>
    issue.code === "invalid_type" ? message : undefined;
  return z.preprocess((value) => value ?? {}, z.strictObject(shape, { error }));
}

function text(message: string, valid: (value: string) => boolean) {
  return z.string({ error: message }).refine(valid, message);
}

/** What travels in a line of a protocol must not bring lines of its own. */
function plainText(message: string) {
  return text(message, (value) => value !== "" && isPrintable(value));
}

function secret(variable: string, what: string) {
  return z
    .string({
      error: (issue) =>
        issue.input === undefined
          ? `is missing: set the environment variable ${variable}, or write ${what} here`
          : `is ${what}, as text: put it in quotes`,
    })
    .refine((value) => value !== "" && isPrintable(value), `is ${what}: not empty, and without line breaks`);
}

function port(message: string) {
  return z.int({ error: message }).min(1, message).max(65_535, message);
}

function ports(message: string) {
  return z.array(port(message), { error: message });
}

function wholeNumber(least: number, most: number, message: string) {
  return z.int({ error: message }).min(least, message).max(most, message);
}

function path(example: string) {
  const message = `is an absolute path: write ${example}`;
  return text(message, (value) => isAbsolute(value) && isPrintable(value));
}

function listenAddress() {
  return addressAndPort(
    "is an address and a port: write 127.0.0.1:8787 or [::1]:8787, or null to listen on the socket alone",
    () => true,
  );
}

/** Whatever is sent there is believed, so nobody else may send. */
function loopbackAddress() {
  return addressAndPort(
    "is where this machine's Asterisk mirrors SIP to, on loopback: write 127.0.0.1:9060 or [::1]:9060, or null to do without",
    isLoopback,
  );
}

function addressAndPort(message: string, allowed: (host: string) => boolean) {
  return z.string({ error: message }).transform((value, context) => {
    const match = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]+)):(?<port>[0-9]{1,5})$/.exec(value)?.groups;
    const host = match?.["v6"] ?? match?.["v4"] ?? "";
    const number = Number(match?.["port"]);
    const isAddress = isIP(host) === (match?.["v6"] === undefined ? 4 : 6);
    if (isAddress && number >= 1 && number <= 65_535 && allowed(host)) return { host, port: number };
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}

function target() {
  return z
    .string({ error: "is an address or a network: write 192.0.2.10 or 198.51.100.0/24" })
    .transform((value, context) => {
      const parsed = parseTarget(value);
      if ("target" in parsed) return parsed.target;
      context.addIssue({ code: "custom", message: `is no target: ${parsed.error}` });
      return z.NEVER;
    });
}

function isHost(value: string): boolean {
  if (isIP(value) !== 0) return true;
  // Digits and dots alone are an address gone wrong, which a resolver would read in its own way.
  return /^(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/.test(value) && !/^[0-9.]+$/.test(value);
}

function isOrigin(value: string): boolean {
  if (!/^https?:\/\/[^\s/?#@]+\/*$/i.test(value) || !URL.canParse(value)) return false;
  return new URL(value).pathname.replace(/\/+$/, "") === "";
}

function isAriUrl(value: string): boolean {
  if (!URL.canParse(value) || !isPrintable(value) || /\s/.test(value)) return false;
  const url = new URL(value);
  return (
    ["http:", "https:"].includes(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === "") &&
    // ari-client asks below /ari/ whatever path it is given.
    url.pathname === "/"
  );
}

function isPrintable(value: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value);
}
