import { agentOf } from "../../../src/domain/intrusion/user-agent.js";

test.each([
  ["Yealink SIP-T46S 66.84.0.15", "Yealink SIP-T46S"],
  ["Yealink W60B 77.85.0.25", "Yealink W60B"],
  ["snomD735/10.1.127.10", "Snom D735"],
  ["snom320/8.4.35", "Snom 320"],
  ["Grandstream GXP2160 1.0.9.135", "Grandstream GXP2160"],
  ["PolycomVVX-VVX_410-UA/5.9.0", "Poly"],
  ["Cisco/SPA504G-7.6.2", "Cisco SPA504G"],
  ["Fanvil X4 2.12.1", "Fanvil"],
  ["AVM FRITZ!Box 7590 154.07.29", "FRITZ!Box 7590"],
  ["LinphoneAndroid/5.2.5 (Pixel 7) LinphoneSDK/5.3", "Linphone"],
  ["baresip v1.1.0 (x86_64/linux)", "baresip"],
  ["FPBX-16.0.40.7(18.9)", "FreePBX"],
  ["Asterisk PBX 20.5.0", "Asterisk"],
  ["Zoiper rv2.10.20.4", "Zoiper"],
  ["Yealink <b>T46</b>", "Yealink"],
  ["Yealink call-0900-now", "Yealink"],
])("%s is a %s", (text, name) => expect(agentOf(text)).toEqual({ kind: "device", name }));

test.each([
  "friendly-scanner",
  "friendly-request",
  "sipvicious",
  "sipcli/v1.8",
  "pplsip",
  "sundayddr",
  "VaxSIPUserAgent/3.5",
  "Yealink sipvicious",
])("%s is a scanner", (text) => expect(agentOf(text)).toEqual({ kind: "scanner" }));

test.each(["", "x", "<script>", `${" ".repeat(1_000)}Yealink`, "SIPp", "not a Yealink"])(
  "%j is nobody",
  (text) => {
    expect(agentOf(text)).toBeNull();
  },
);
