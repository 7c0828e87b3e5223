import { payerOf } from "../../../src/asterisk/ari/payer.js";

const none = { forwarder: "", transferer: "", blindTransfer: "" };

test.each([
  ["PJSIP/100-0000001f", "100"],
  ["PJSIP/front-desk-0000001f", "front-desk"],
  ["PJSIP/a-00000001-0000001f", "a-00000001"],
  ["PJSIP/desk ä-0000001f", "desk ä"],
  ["SIP/100-0000001f", "100"],
  ["PJSIP/a,b-0000001f", "a,b"],
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
  expect(payerOf(name, none)).toBe(endpoint);
});

test.each([
  [
    "a blind transfer by 100 of the carrier's call",
    "PJSIP/carrier-00000001",
    { blindTransfer: "PJSIP/100-00000002" },
    "100",
  ],
  ["a transfer by 100", "PJSIP/carrier-00000001", { transferer: "PJSIP/100-00000002" }, "100"],
  [
    "a forward by 100",
    "Local/0018765559999@from-internal-00000003;2",
    { forwarder: "PJSIP/100-00000002" },
    "100",
  ],
  [
    "a forward by 101 of a call that 100 transferred",
    "Local/00187@x-00000003;2",
    { forwarder: "PJSIP/101-00000004", blindTransfer: "PJSIP/100-00000002" },
    "101",
  ],
  [
    "a forward by somebody who can't be told",
    "PJSIP/carrier-00000001",
    { forwarder: "Local/5@x-00000001;1" },
    null,
  ],
  ["a name that the dialplan had to alter", "PJSIP/100-00000001", { forwarder: "PJSIP/a?b-00000002" }, null],
])("%s is paid by %s", (_, channel, hints, endpoint) => {
  expect(payerOf(channel, { ...none, ...hints })).toBe(endpoint);
});
