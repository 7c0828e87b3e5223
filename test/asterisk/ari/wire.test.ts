import { callOfChannel, callOfStart, waitingIdsOf } from "../../../src/asterisk/ari/wire.js";

const channel = { id: "1.1", name: "PJSIP/100-0000001f" };
const stasis = { app_name: "Stasis", app_data: "ringfence,check,1,112,,," };

test("a StasisStart is read", () => {
  expect(callOfStart({ type: "StasisStart", args: ["check", "1", "112"], channel })).toEqual({
    channelId: "1.1",
    channelName: "PJSIP/100-0000001f",
    args: ["check", "1", "112"],
  });
});

test("a channel in Stasis is read as its StasisStart was", () => {
  expect(callOfChannel({ ...channel, dialplan: stasis })).toEqual({
    channelId: "1.1",
    channelName: "PJSIP/100-0000001f",
    args: ["check", "1", "112", "", "", ""],
  });
});

test.each([
  null,
  7,
  "text",
  [],
  {},
  { args: [] },
  { args: [1], channel },
  { args: "check", channel },
  { args: [], channel: { id: 1, name: "x" } },
])("%j is no StasisStart", (event) => {
  expect(callOfStart(event)).toBeNull();
});

test.each([
  null,
  {},
  channel,
  { ...channel, dialplan: { app_name: "Dial", app_data: "PJSIP/1@carrier" } },
  { ...channel, dialplan: { app_name: "Stasis" } },
])("%j is no channel in Stasis", (json) => {
  expect(callOfChannel(json)).toBeNull();
});

test.each([
  [{ channel_ids: [] }, []],
  [{ channel_ids: ["1.1", "1.2"] }, ["1.1", "1.2"]],
  [{ channel_ids: [1] }, null],
  [{}, null],
  [null, null],
])("%j has the channels %j", (json, ids) => {
  expect(waitingIdsOf(json)).toEqual(ids);
});
