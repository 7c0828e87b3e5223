import { payerOf, type PayerHints } from "../../../src/domain/calling/payer.js";

const none: PayerHints = {
  forwarder: "",
  transferer: "",
  blindTransfer: "",
  attendedTransfer: "",
  origin: "",
  originTransfer: "",
  redirecting: "",
};
const isTrunk = (endpoint: string): boolean => endpoint === "carrier";

test.each([
  ["PJSIP/100-0000001f", "100"],
  ["PJSIP/front-desk-0000001f", "front-desk"],
  ["PJSIP/a-00000001-0000001f", "a-00000001"],
  ["PJSIP/desk ä-0000001f", "desk ä"],
  ["SIP/100-0000001f", "100"],
  ["PJSIP/a,b-0000001f", "a,b"],
  ["PJSIP/carrier-0000001f", null],
  ["Local/0018765559999@from-internal-00000001;2", null],
  ["PJSIP/100-0000001f<ZOMBIE>", null],
  ["AsyncGoto/PJSIP/100-0000001f", null],
  ["Surrogate/PJSIP/100-0000001f", null],
  ["PJSIP/100", null],
  ["PJSIP/-0000001f", null],
  ["PJSIP/100\n-0000001f", null],
  ["DAHDI/1-1", null],
  ["", null],
])("%j belongs to %j", (name, endpoint) => {
  const how = endpoint === null ? "unknown" : "endpoint";
  expect(payerOf(name, none, isTrunk)).toEqual({ endpoint, how, also: [] });
});

const local = "Local/0018765559999@from-internal-00000003;2";
const carrier = "PJSIP/carrier-00000001";

test.each<[string, string, Partial<PayerHints>, ReturnType<typeof payerOf>]>([
  [
    "a blind transfer by 100 of the carrier's call",
    carrier,
    { blindTransfer: "PJSIP/100-00000002", origin: carrier, originTransfer: "PJSIP/100-00000002" },
    { endpoint: "100", how: "transfer", also: [] },
  ],
  [
    "an attended transfer",
    carrier,
    { attendedTransfer: "PJSIP/100-00000002" },
    { endpoint: "100", how: "transfer", also: [] },
  ],
  [
    "whom 100 called outside and transfers to an alias, while 100 is there still",
    local,
    { origin: "PJSIP/100-00000002", originTransfer: carrier },
    { endpoint: "100", how: "transfer", also: [null] },
  ],
  [
    "a transfer between 100 and 101, which Asterisk notes at both",
    local,
    { origin: "PJSIP/100-00000002", originTransfer: "PJSIP/101-00000003" },
    { endpoint: "101", how: "transfer", also: ["100"] },
  ],
  [
    "whom 100 called outside, when 100 is gone",
    local,
    { earlier: { channelName: "PJSIP/100-00000002", hints: { ...none, origin: "PJSIP/100-00000002" } } },
    { endpoint: "100", how: "transfer", also: [null] },
  ],
  [
    "whom 101 called for a forward, when it goes on itself",
    carrier,
    { earlier: { channelName: local, hints: { ...none, forwarder: "PJSIP/101-00000002" } } },
    { endpoint: "101", how: "transfer", also: [null] },
  ],
  [
    "who came in from outside and dials twice",
    carrier,
    { earlier: { channelName: carrier, hints: none } },
    { endpoint: null, how: "unknown", also: [] },
  ],
  [
    "an attended transfer by keys",
    local,
    { transferer: "PJSIP/100-00000002", origin: carrier },
    { endpoint: "100", how: "transfer", also: [] },
  ],
  [
    "a forward by 100 of 105's call, whatever a Diversion header says",
    local,
    { forwarder: "PJSIP/100-00000002", origin: "PJSIP/105-00000001", redirecting: "119" },
    { endpoint: "100", how: "forward", also: [] },
  ],
  [
    "a forward by 101 of a call that 100 transferred to it",
    local,
    { forwarder: "PJSIP/101-00000004", origin: carrier, originTransfer: "PJSIP/100-00000002" },
    { endpoint: "101", how: "forward", also: ["100"] },
  ],
  [
    "a transfer by 100 of a call that 101 forwarded to it",
    local,
    { forwarder: "PJSIP/101-00000004", blindTransfer: "PJSIP/100-00000002" },
    { endpoint: "100", how: "transfer", also: ["101"] },
  ],
  [
    "a transfer by 100 to an alias or a queue",
    local,
    { origin: carrier, originTransfer: "PJSIP/100-00000002" },
    { endpoint: "100", how: "transfer", also: [] },
  ],
  [
    "100 itself, by an alias",
    local,
    { origin: "PJSIP/100-00000002" },
    { endpoint: "100", how: "endpoint", also: [] },
  ],
  [
    "an alias to which 101 may have forwarded 100's call",
    local,
    { origin: "PJSIP/100-00000002", redirecting: "101" },
    { endpoint: "100", how: "endpoint", also: ["101"] },
  ],
  ["nobody, through a queue", local, { origin: carrier }, { endpoint: null, how: "unknown", also: [] }],
  [
    "100, who forges a Diversion header",
    "PJSIP/100-00000002",
    { redirecting: "105" },
    { endpoint: "100", how: "endpoint", also: [] },
  ],
  [
    "nobody: the carrier forwards",
    local,
    { forwarder: carrier, origin: "PJSIP/100-00000002" },
    { endpoint: null, how: "unknown", also: [] },
  ],
  [
    "nobody: a Local channel forwards",
    carrier,
    { forwarder: "Local/5@x-00000001;1" },
    { endpoint: null, how: "unknown", also: [] },
  ],
  [
    "nobody: a name that the dialplan had to alter",
    "PJSIP/100-00000001",
    { forwarder: "PJSIP/a?b-00000002" },
    { endpoint: null, how: "unknown", also: [] },
  ],
])("%s is who pays", (_, channel, hints, payer) => {
  expect(payerOf(channel, { ...none, ...hints }, isTrunk)).toEqual(payer);
});
