import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatFaults } from "../src/config-faults.js";
import { loadConfig, parseConfig, type Config } from "../src/config.js";

const env = { RINGFENCE_AMI_SECRET: "s3cret", RINGFENCE_ARI_PASSWORD: "pa55" };

const defaults: Config = {
  ami: { host: "127.0.0.1", port: 5038, user: "ringfence", secret: "s3cret" },
  ari: { url: "http://127.0.0.1:8088", user: "ringfence", password: "pa55" },
  asterisk: { configDir: "/etc/asterisk", listForEach: false },
  database: "/var/lib/ringfence/ringfence.db",
  firewall: {
    backend: "nftables",
    answer: "drop",
    sipPorts: { udp: [5060, 4569], tcp: [5060, 5061] },
    uiPorts: [],
    flushOnStop: false,
    flood: { packets: 100, seconds: 2, strangers: 500 },
    nft: "/usr/sbin/nft",
    ipset: "/usr/sbin/ipset",
    iptables: "/usr/sbin/iptables",
    ip6tables: "/usr/sbin/ip6tables",
  },
  geo: { country: null, network: null },
  http: {
    socket: "/run/ringfence/ringfence.sock",
    listen: { host: "127.0.0.1", port: 8787 },
    tls: null,
    trustedProxies: [],
    names: [],
    url: null,
    firstPasswordFile: null,
  },
  hep: { listen: { host: "127.0.0.1", port: 9060 } },
  log: { level: "info", file: null },
  refusals: {},
  protect: [],
};

/** The configuration of `text`, or a failure with its faults. */
function config(text: string, environment: Record<string, string> = env): Config {
  const parsed = parseConfig(text, environment);
  if ("faults" in parsed) throw new Error(formatFaults("x.yaml", parsed.faults));
  return parsed.config;
}

/** One line a fault; empty where there is none. */
function faults(text: string, environment: Record<string, string> = env): string[] {
  const parsed = parseConfig(text, environment);
  return "faults" in parsed ? formatFaults("x.yaml", parsed.faults).split("\n") : [];
}

test.each(["", "# nothing\n", "ami:\nari: {}\nhttp:\n"])("what is left out has its default: %j", (text) => {
  expect(config(text)).toEqual(defaults);
});

test("the example says the defaults", () => {
  const example = readFileSync(join(__dirname, "../docs/ringfence.example.yaml"), "utf8");
  expect(config(example)).toEqual(defaults);
});

test("what is left out of a section keeps its default", () => {
  const { flood } = config("firewall: { flood: { strangers: 2000 } }").firewall;
  expect(flood).toEqual({ packets: 100, seconds: 2, strangers: 2_000 });
  expect(config("firewall: { flood: {} }").firewall.flood).toEqual({
    packets: 100,
    seconds: 2,
    strangers: 500,
  });
});

test("everything can be set", () => {
  const text = `
ami: { host: pbx.example.com, port: 15038, user: fence, secret: "from the file" }
ari: { url: "https://[2001:db8::1]:8089/", user: fence, password: 'also' }
asterisk: { configDir: /opt/asterisk/etc, listForEach: true }
database: /srv/fence.db
firewall: { backend: ipset, answer: reject, sipPorts: { udp: [5080] }, uiPorts: [443], flushOnStop: true, flood: null, nft: /opt/nft, ipset: /opt/ipset,
  iptables: /opt/iptables, ip6tables: /opt/ip6tables }
geo: { country: /srv/country.mmdb, network: /srv/asn.mmdb }
http: { socket: /srv/fence.sock, listen: "[::1]:80", tls: { cert: /srv/cert.pem, key: /srv/key.pem }, trustedProxies: [192.0.2.80], names: [PBX.example.com],
  url: "https://PBX.example.com:8443/", firstPasswordFile: /srv/first }
hep: { listen: "[::1]:9999" }
log: { level: debug, file: /srv/fence.log }
refusals: { default: { cause: 34 }, spend-limit: { announcement: en/sorry&custom/no_money } }
protect: [192.0.2.10, 198.51.100.0/24, "2001:db8::5"]
`;
  expect(config(text, {})).toEqual({
    ami: { host: "pbx.example.com", port: 15038, user: "fence", secret: "from the file" },
    ari: { url: "https://[2001:db8::1]:8089", user: "fence", password: "also" },
    asterisk: { configDir: "/opt/asterisk/etc", listForEach: true },
    database: "/srv/fence.db",
    firewall: {
      backend: "ipset",
      answer: "reject",
      sipPorts: { udp: [5080], tcp: [5060, 5061] },
      uiPorts: [443],
      flushOnStop: true,
      flood: null,
      nft: "/opt/nft",
      ipset: "/opt/ipset",
      iptables: "/opt/iptables",
      ip6tables: "/opt/ip6tables",
    },
    geo: { country: "/srv/country.mmdb", network: "/srv/asn.mmdb" },
    http: {
      socket: "/srv/fence.sock",
      listen: { host: "::1", port: 80 },
      tls: { cert: "/srv/cert.pem", key: "/srv/key.pem" },
      trustedProxies: ["192.0.2.80"],
      names: ["pbx.example.com"],
      url: "https://PBX.example.com:8443",
      firstPasswordFile: "/srv/first",
    },
    hep: { listen: { host: "::1", port: 9999 } },
    log: { level: "debug", file: "/srv/fence.log" },
    refusals: {
      default: { cause: 34, announcement: null },
      "spend-limit": { cause: 21, announcement: "en/sorry&custom/no_money" },
    },
    protect: ["192.0.2.10", "198.51.100.0/24", "2001:db8::/64"],
  });
});

test.each([
  "refusals: { default: { cause: 0 } }",
  "refusals: { default: { cause: 128 } }",
  "refusals: { spend-limit: { announcement: ../../etc/passwd } }",
  "refusals: { spend-limit: { announcement: '/etc/passwd' } }",
  "refusals: { spend-limit: { announcement: 'a,b' } }",
  "refusals: { spend-limit: { announcement: '${SHELL(id)}' } }",
  "refusals: { spend-limit: { announcement: '' } }",
  "refusals: { spent: { cause: 21 } }",
])("%s is a fault", (text) => {
  expect(faults(text)).toHaveLength(1);
});

test("listen: null keeps to the socket", () => {
  expect(config("http: { listen: null }").http.listen).toBeNull();
});

test("hep.listen: null does without the mirror", () => {
  expect(config("hep: { listen: null }").hep.listen).toBeNull();
});

test("the environment wins over the file, and an empty variable is none", () => {
  const text = "ami: { secret: file }\nari: { password: file }";
  expect(config(text)).toMatchObject({ ami: { secret: "s3cret" }, ari: { password: "pa55" } });
  expect(config(text, { RINGFENCE_AMI_SECRET: "" })).toMatchObject({ ami: { secret: "file" } });
});

test("all faults come at once, each with its place", () => {
  const text = `amii: {}
ami:
  port: 70000
  hots: 127.0.0.1
  user: "two\\nlines"
ari: { url: "http://ann:secret@pbx:8088/ari" }
database: ringfence.db
protect:
  - 192.0.2.1
  - 192.0.2.300
areas: [US]
`;
  expect(faults(text, { RINGFENCE_AMI_SECRET: "x" })).toEqual([
    "x.yaml:1:1: unknown key `amii`, did you mean `ami`?",
    "x.yaml:3:3: `ami.port` is the port of Asterisk's manager: write 5038",
    "x.yaml:4:3: unknown key `ami.hots`, did you mean `host`?",
    "x.yaml:5:3: `ami.user` is the manager user of manager.conf: write ringfence",
    "x.yaml:6:1: `ari.password` is missing: set the environment variable RINGFENCE_ARI_PASSWORD, or write the password of the ARI user here",
    "x.yaml:6:8: `ari.url` is the address of Asterisk's web server, without user, path or ?: write http://127.0.0.1:8088",
    "x.yaml:7:1: `database` is an absolute path: write /var/lib/ringfence/ringfence.db",
    'x.yaml:10:5: `protect[1]` is no target: "192.0.2.300" is not an address: write 203.0.113.12, 203.0.113.0/24 or 2001:db8::/48',
    "x.yaml:11:1: unknown key `areas`: rules are kept in the database, where they change without a restart: see `ringfence areas --help`",
  ]);
});

test("secrets are asked for where nothing is written", () => {
  expect(faults("", {})).toEqual([
    expect.stringMatching(
      /^x\.yaml: `ami\.secret` is missing: set the environment variable RINGFENCE_AMI_SECRET/,
    ),
    expect.stringMatching(
      /^x\.yaml: `ari\.password` is missing: set the environment variable RINGFENCE_ARI_PASSWORD/,
    ),
  ]);
});

test.each([
  ["neverBan: []", "unknown key `neverBan`: rules are kept in the database"],
  ["never_ban: []", "see the never-ban list, or write `protect` here"],
  ["ignoreip: 1.2.3.4", "see the never-ban list"],
  ["openAreas: []", "see `ringfence areas --help`"],
  ["rate-deck: x.csv", "see `ringfence rates --help`"],
  ["max_retry: 5", "see `ringfence --help`"],
  ["cap: 0.25", "see `ringfence --help`"],
  ["protected: []", "did you mean `protect`?"],
  ["DataBase: /x", "did you mean `database`?"],
  ["socket: /x", "did you mean it to be below `http`?"],
  ["log: { colour: red }", "unknown key `log.colour`: take it out; known are level, file"],
  ["? [a, b]\n: 1", "a key is a single word"],
  ["__proto__: { polluted: yes }", "unknown key `__proto__`"],
  ["constructor: 1", "unknown key `constructor`"],
  ['"k\\u001b[31mey": 1', "unknown key `k?[31mey`"],
])("an unknown key gets a hint: %s", (text, hint) => {
  const found = faults(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^x\.yaml:1:\d+: /);
  expect(found[0]).toContain(hint);
});

test.each([
  ["ami: { host: 127.1 }", "`ami.host` is the host of Asterisk's manager"],
  ["ami: { host: 010.0.0.1 }", "`ami.host`"],
  ["ami: { host: 'a b' }", "`ami.host`"],
  ["ami: { host: http://127.0.0.1 }", "`ami.host`"],
  ["ami: { port: '5038' }", "`ami.port`"],
  ["ami: { port: 0 }", "`ami.port`"],
  ["ami: { port: 5038.5 }", "`ami.port`"],
  ["ami: 5", "`ami` holds keys: write ami: { host"],
  ["ami: [1]", "`ami` holds keys"],
  ["ari: { url: 127.0.0.1:8088 }", "`ari.url`"],
  ["ari: { url: ftp://pbx }", "`ari.url`"],
  ["ari: { url: 'http://pbx:8088/ari/' }", "`ari.url`"],
  ["ari: { url: 'http://pbx:8088/?api_key=a:b' }", "`ari.url`"],
  ["ari: { url: 'http://127.0.0.1:8088/asterisk' }", "`ari.url`"],
  ["database:", "`database` is an absolute path"],
  ["database: ./x.db", "`database` is an absolute path"],
  ["firewall: { backend: iptables }", "write nftables, ipset (with iptables), asterisk-acl"],
  ["firewall: { answer: tarpit }", "`firewall.answer` is what who is shut out gets: write drop"],
  ["firewall: { sipPorts: [5060] }", "`firewall.sipPorts` holds ports: write sipPorts: { udp"],
  [
    "firewall: { sipPorts: { udp: 5060 } }",
    "`firewall.sipPorts.udp` are UDP ports of SIP and IAX2: write [5060",
  ],
  ["firewall: { sipPorts: { tls: [5061] } }", "known are udp, tcp"],
  ["firewall: { flushOnStop: maybe }", "is whether bans go when Ringfence stops"],
  ["firewall: { uiPorts: [70000] }", "are ports that stay open"],
  [
    "firewall: { flood: 100 }",
    "`firewall.flood` is how much a source may send: write { packets: 100, seconds: 2, strangers: 500 }, or null",
  ],
  ["firewall: { flood: { packets: 0, seconds: 2 } }", "`firewall.flood.packets` is how many"],
  ["asterisk: { configDir: etc }", "`asterisk.configDir` is an absolute path: write /etc/asterisk"],
  ["asterisk: { listForEach: all }", "write true or false"],
  ["asterisk: /etc/asterisk", "write asterisk: { configDir: /etc/asterisk }"],
  ["firewall: { nft: nft }", "`firewall.nft` is an absolute path: write /usr/sbin/nft"],
  [`http: { socket: /${"x".repeat(120)} }`, "`http.socket` is too long for a socket"],
  [
    "http: { listen: 8787 }",
    "`http.listen` is an address and a port: write 127.0.0.1:8787 or [::1]:8787, or null",
  ],
  [
    "http: { names: ['https://pbx.example.com'] }",
    "`http.names[0]` is a name that browsers call this server by",
  ],
  ["http: { listen: localhost:8787 }", "`http.listen`"],
  ["http: { listen: '::1:8787' }", "`http.listen`"],
  ["http: { listen: '[127.0.0.1]:8787' }", "`http.listen`"],
  ["http: { listen: 127.0.0.1:65536 }", "`http.listen`"],
  [
    "hep: { listen: 0.0.0.0:9060 }",
    "`hep.listen` is where this machine's Asterisk mirrors SIP to, on loopback: write 127.0.0.1:9060",
  ],
  ["hep: { listen: 192.0.2.1:9060 }", "`hep.listen`"],
  ["hep: { listen: '[::]:9060' }", "`hep.listen`"],
  ["hep: { listen: 9060 }", "`hep.listen`"],
  ["hep: { password: x }", "password"],
  ["log: { level: trace }", "`log.level` is how much is logged: write error, warn, info or debug"],
  ["log: { file: ringfence.log }", "`log.file` is an absolute path"],
  [
    "geo: { country: x.mmdb }",
    "`geo.country` is an absolute path: write /usr/share/GeoIP/GeoLite2-Country.mmdb",
  ],
  ["geo: /usr/share/GeoIP", "`geo` holds paths of MMDB files"],
  ["geo: { city: /x.mmdb }", "`geo.city`"],
  ["protect: 192.0.2.1", "`protect` is a list of addresses and networks: write protect: ["],
  ["protect: [192.0.2.1/24]", "has address bits behind the mask: write 192.0.2.0/24"],
  ["protect: [5]", "`protect[0]` is an address or a network"],
  ["- ami", "the file is a list of keys: write `ami:` and the others"],
  ["just text", "the file is a list of keys"],
])("refuses %s and says what to write", (text, message) => {
  const found = faults(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(message);
});

test.each([
  ["ami: { secret: 12345 }", "`ami.secret` is the secret of the manager user, as text: put it in quotes"],
  ["ami: { secret: '' }", "`ami.secret` is the secret of the manager user: not empty"],
  ['ami: { secret: "a\\r\\nAction: Originate" }', "without line breaks"],
])("a secret must be usable: %s", (text, message) => {
  expect(faults(text, { RINGFENCE_ARI_PASSWORD: "x" })).toEqual([expect.stringContaining(message)]);
});

test("a secret of the environment with a line break is refused too", () => {
  expect(faults("", { ...env, RINGFENCE_AMI_SECRET: "a\n" })).toEqual([
    expect.stringContaining("without line breaks"),
  ]);
});

test.each([
  ["ami:\n  host: a\n  host: b", "x.yaml:3:3: this key is here a second time: take one of them out"],
  ["ami:\n\thost: a", "x.yaml:2:1: indent with spaces, not with tabs"],
  ["log: {}\n---\nlog: {}", "x.yaml:2:1: a second document begins here"],
  ["ami: &a {}\nari: *a", "x.yaml:2:6: anchors and aliases are not read here: write the value out"],
  ["ami: { host: a", "x.yaml:1:15: "],
])("faults of the YAML itself have their place: %j", (text, message) => {
  expect(faults(text).join("\n")).toContain(message);
});

describe("a file", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "ringfence-config-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function file(text: string, mode: number): string {
    const path = join(folder, "ringfence.yaml");
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  test.each([
    ["ami: { secret: x }", 0o644, 1],
    ["ami: { secret: x }", 0o640, 0],
    ["log: { level: warn }", 0o644, 0],
  ])("%s with mode %o gets %i warnings", (text, mode, count) => {
    const path = file(text, mode);
    const loaded = loadConfig(path, env);
    if ("faults" in loaded) throw new Error(formatFaults(path, loaded.faults));
    expect(loaded.warnings).toHaveLength(count);
    for (const warning of loaded.warnings)
      expect(warning).toContain("`ami.secret` and everybody on this machine");
  });

  test("that is not there is a fault like any other", () => {
    const path = join(folder, "none.yaml");
    const loaded = loadConfig(path, env);
    expect("faults" in loaded && formatFaults(path, loaded.faults)).toMatch(
      /none\.yaml: the file cannot be read \(.*ENOENT.*\): name another with --config FILE$/,
    );
  });
});
