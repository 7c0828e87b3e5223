import { parseMissed } from "../../src/asterisk/missed.js";

const isTrunk = (endpoint: string): boolean => endpoint === "carrier";
const nobody = ",".repeat(8);

test.each([
  [
    "1795824610.2-1",
    `1795824610,allow,12127365000,PJSIP/100-00000001,${nobody}`,
    {
      kind: "allow",
      channelId: "1795824610.2",
      digits: "12127365000",
      from: "100",
      trunk: null,
      atMs: 1_795_824_610_000,
    },
  ],
  [
    "pbx-1795824610.2-3",
    `1795824610,refuse,001876,PJSIP/100-00000001,wholesale${nobody}`,
    { kind: "refuse", channelId: "pbx-1795824610.2", trunk: "wholesale" },
  ],
  [
    "1795824610.2-1",
    `1795824610,emergency,9911,PJSIP/100-00000001,${nobody}`,
    { kind: "emergency", digits: "9911", from: "100" },
  ],
  [
    "1795824610.2-1",
    `1795824610,strange,,PJSIP/100-00000001,${nobody}`,
    { kind: "strange", digits: "", from: "100" },
  ],
  ["1795824610.2-1", `1795824610,allow,1,PJSIP/carrier-00000001,${nobody}`, { from: null, payer: "unknown" }],
  [
    "1795824610.2-1",
    `1795824610,allow,1,Local/1@x-00000001;2,,PJSIP/101-00000001,,,,,,,`,
    { from: "101", payer: "forward" },
  ],
])("%s = %s", (key, value, call) => {
  expect(parseMissed(key, value, isTrunk)).toMatchObject({ key, ...call });
});

test.each([
  ["1795824610.2", `1795824610,allow,1,PJSIP/100-00000001,${nobody}`],
  ["1795824610.2-1", `soon,allow,1,PJSIP/100-00000001,${nobody}`],
  ["1795824610.2-1", `1795824610,maybe,1,PJSIP/100-00000001,${nobody}`],
  ["1795824610.2-1", `1795824610,allow,1;DROP,PJSIP/100-00000001,${nobody}`],
  ["1795824610.2-1", "1795824610,allow,1,PJSIP/100-00000001"],
  ["1795824610.2-1", ""],
])("%s = %s can't be read", (key, value) => {
  expect(parseMissed(key, value, isTrunk)).toBeNull();
});
