import type { Ask } from "../../../src/asterisk/ami/control";
import { hostNames } from "../../../src/asterisk/ami/facts-hosts";
import { hostOfSipUri, readEndpoint, trunkPlaces } from "../../../src/asterisk/ami/facts-trunks";
import { readFacts } from "../../../src/asterisk/ami/facts";
import type { Log } from "../../../src/guard/ports";

const quiet: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};
const message = (fields: Record<string, string>) => new Map(Object.entries(fields));
const detail = (auth: string) => message({ event: "EndpointDetail", auth });
const contact = (uri: string, regexpire: string) => message({ event: "ContactStatusDetail", uri, regexpire });
const identify = (match: string) => message({ event: "IdentifyDetail", match });

test.each([
  [
    "an identify",
    [detail(""), identify("192.0.2.20/255.255.255.255,198.51.100.0/255.255.255.0")],
    ["192.0.2.20", "198.51.100.0/24"],
    [],
  ],
  [
    "IPv6, as its /64",
    [detail(""), identify("2001:db8:0:2::20/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")],
    ["2001:db8:0:2::/64"],
    [],
  ],
  ["an identify of a phone with a password", [detail("100"), identify("192.0.2.20/32")], ["192.0.2.20"], []],
  ["a permanent contact", [detail(""), contact("sip:c@192.0.2.21:5070", "0")], ["192.0.2.21"], []],
  ["a permanent contact by name", [detail(""), contact("sip:SIP.Example:5060", "0")], [], ["sip.example"]],
])("%s makes a trunk", (_, items, targets, hosts) => {
  const [trunk] = trunkPlaces([readEndpoint("t", items)], []);
  expect(trunk).toEqual({ endpoint: "t", targets, hosts, odd: [] });
});

test.each([
  ["a registered phone", [detail("100"), contact("sip:100@8.8.8.8", "1795317061")]],
  ["a registered phone without a password", [detail(""), contact("sip:100@8.8.8.8", "1795317061")]],
  [
    "a contact whose end is told twice",
    [detail(""), message({ event: "ContactStatusDetail", uri: "sip:8.8.8.8" })],
  ],
  ["a phone with a password at a fixed place", [detail("100"), contact("sip:100@8.8.8.8", "0")]],
  ["an endpoint that was not described", [contact("sip:100@8.8.8.8", "0")]],
])("%s is no trunk", (_, items) => {
  expect(trunkPlaces([readEndpoint("100", items)], [])).toEqual([]);
});

test.each(["0.0.0.0/0.0.0.0", "::/0", "192.0.2.0/255.0.255.0", "!192.0.2.1/255.255.255.255", "x y"])(
  "a match of %s protects nothing",
  (match) => {
    const [trunk] = trunkPlaces([readEndpoint("t", [detail(""), identify(match)])], []);
    expect(trunk).toEqual({ endpoint: "t", targets: [], hosts: [], odd: [match] });
  },
);

test.each([
  ["sip:192.0.2.20:5060", "192.0.2.20"],
  ["sip:user@carrier.example;transport=tcp", "carrier.example"],
  ["<sips:[2001:db8::1]:5061>", "2001:db8::1"],
  ["sip:192.0.2.21;lr", "192.0.2.21"],
  ["sip:8.8.8.8;x=@carrier.example", "carrier.example"],
  ["tel:+15550100", null],
  ["", null],
])("the host of %s is %s", (uri, host) => expect(hostOfSipUri(uri)).toBe(host));

test("a name keeps what it last had, and a look-up has an end", async () => {
  const answers = [
    Promise.resolve(["192.0.2.9", "2001:db8::9"]),
    Promise.reject(new Error("ENOTFOUND")),
    new Promise<string[]>(() => undefined),
  ];
  const names = hostNames(quiet, () => answers.shift() ?? Promise.resolve([]), 20);
  for (let round = 0; round < 3; round++) {
    expect(await names.targetsOf("carrier.example")).toEqual(["192.0.2.9", "2001:db8::/64"]);
  }
});

test("a name that never had an address is left out", async () => {
  const names = hostNames(quiet, () => Promise.reject(new Error("ENOTFOUND")));
  expect(await names.targetsOf("nowhere.example")).toEqual([]);
});

function asterisk(
  answers: Record<string, { fields?: Record<string, string>; items?: Record<string, string>[] }>,
): Ask {
  return (action) => {
    const answer = answers[action];
    const fields = answer?.fields ?? {};
    return Promise.resolve({
      ok: answer !== undefined,
      message: message(fields),
      items: (answer?.items ?? []).map(message),
    });
  };
}

test("an Asterisk without PJSIP has a version and nothing else", async () => {
  const ask = asterisk({
    ListCommands: { fields: { dbput: "" } },
    CoreSettings: { fields: { asteriskversion: "certified/18.9-cert5" } },
  });
  expect(await readFacts(ask, hostNames(quiet), quiet)).toEqual({
    version: "18.9",
    endpoints: [],
    accounts: [],
    trunks: [],
    rewriting: [],
    dangers: [],
  });
});

test("registrations and endpoints come together under the endpoint", async () => {
  const ask = asterisk({
    ListCommands: { fields: { dbput: "", pjsipshowendpoints: "", pjsipshowregistrationsoutbound: "" } },
    CoreSettings: { fields: { asteriskversion: "22.10.1+dfsg+~cs6" } },
    PJSIPShowEndpoints: { items: [{ event: "EndpointList", objectname: "carrier" }] },
    PJSIPShowEndpoint: { items: [{ event: "IdentifyDetail", match: "192.0.2.20/32" }] },
    PJSIPShowRegistrationsOutbound: {
      items: [
        {
          event: "OutboundRegistrationDetail",
          objectname: "r",
          endpoint: "carrier",
          serveruri: "sip:192.0.2.21",
          outboundproxy: "sip:192.0.2.22;lr",
        },
        {
          event: "OutboundRegistrationDetail",
          objectname: "alone",
          endpoint: "",
          serveruri: "sip:192.0.2.23",
        },
        { event: "AuthDetail", objectname: "alone", serveruri: "sip:8.8.8.8" },
      ],
    },
  });
  expect(await readFacts(ask, hostNames(quiet), quiet)).toEqual({
    version: "22.10.1",
    endpoints: ["carrier"],
    accounts: [{ name: "carrier", authNames: [] }],
    trunks: [
      { endpoint: "alone", targets: ["192.0.2.23"] },
      { endpoint: "carrier", targets: ["192.0.2.20", "192.0.2.21", "192.0.2.22"] },
    ],
    rewriting: [],
    dangers: [],
  });
});

test("accounts are endpoints and the peers of the other drivers, each once, with the user names of their passwords", async () => {
  const auth = (username: string) => ({ event: "AuthDetail", objectname: "a", username, password: "secret" });
  const ask = asterisk({
    ListCommands: { fields: { dbput: "", pjsipshowendpoints: "", sippeers: "", iaxpeerlist: "" } },
    CoreSettings: { fields: { asteriskversion: "16.28.0" } },
    PJSIPShowEndpoints: { items: [{ event: "EndpointList", objectname: "120" }] },
    PJSIPShowEndpoint: {
      items: [{ event: "EndpointDetail", auth: "120auth" }, auth("u120"), auth("120"), auth("")],
    },
    SIPpeers: {
      items: [
        { event: "PeerEntry", objectname: "400" },
        { event: "PeerEntry", objectname: "120" },
      ],
    },
    IAXpeerlist: {
      items: [
        { event: "PeerEntry", objectname: "300" },
        { event: "Other", objectname: "x" },
      ],
    },
  });
  expect((await readFacts(ask, hostNames(quiet), quiet)).accounts).toEqual([
    { name: "120", authNames: ["u120"] },
    { name: "300", authNames: [] },
    { name: "400", authNames: [] },
  ]);
});

test.each([
  [
    "an address that Asterisk wrote down, behind a password",
    { auth: "100", rewritecontact: "true" },
    ["100"],
  ],
  ["an address that the phone claims", { auth: "100", rewritecontact: "false" }, []],
  ["one who needs no password", { auth: "", rewritecontact: "true" }, []],
])("whose contacts can be believed: %s", async (_, detailed, rewriting) => {
  const ask = asterisk({
    ListCommands: { fields: { dbput: "", pjsipshowendpoints: "" } },
    CoreSettings: { fields: { asteriskversion: "22.10.1" } },
    PJSIPShowEndpoints: { items: [{ event: "EndpointList", objectname: "100" }] },
    PJSIPShowEndpoint: { items: [{ event: "EndpointDetail", ...detailed }] },
  });
  expect((await readFacts(ask, hostNames(quiet), quiet)).rewriting).toEqual(rewriting);
});
