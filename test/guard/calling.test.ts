import { buildDeck } from "../../src/domain/calling/deck.js";
import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { verdictJson } from "../../src/guard/calling-json.js";
import { CallJudge } from "../../src/guard/calling.js";

const call = { from: "100", digits: "18765550123", trunk: null };
const jamaica = { area: "JM", types: null };
const deck = buildDeck("default", [{ prefix: "1876", destination: "Jamaica", microsPerMinute: 210_000 }]);

test("calls are judged by the rules and prices of the moment", () => {
  const judge = new CallJudge(DEFAULT_POLICY);
  expect(judge.judge(call)).toMatchObject({ decision: "refuse", reason: "area-closed", policyVersion: 1 });
  judge.usePolicy({
    ...DEFAULT_POLICY,
    version: 2,
    calling: { ...DEFAULT_POLICY.calling, openAreas: [jamaica], capMicrosPerMinute: 100_000 },
  });
  expect(judge.judge(call)).toMatchObject({ decision: "allow", reason: "no-deck", policyVersion: 2 });
  judge.useDecks([deck]);
  expect(judge.judge(call)).toMatchObject({
    decision: "refuse",
    rule: "global cap of $0.1000",
    reason: "rate-over-cap",
  });
  judge.useDecks([]);
  expect(judge.judge(call)).toMatchObject({ decision: "allow", reason: "no-deck" });
});

test("a verdict's public form", () => {
  const judge = new CallJudge({
    ...DEFAULT_POLICY,
    version: 12,
    calling: { ...DEFAULT_POLICY.calling, openAreas: [jamaica], capMicrosPerMinute: 100_000 },
    extensions: { "200": { capMicrosPerMinute: 210_000 } },
  });
  judge.useDecks([deck]);
  expect(verdictJson(judge.judge(call))).toEqual({
    decision: "refuse",
    rule: "global cap of $0.1000",
    reason: "rate-over-cap",
    from: "100",
    number: "+18765550123",
    area: "JM",
    numberType: "mobile",
    rate: { deck: "default", prefix: "1876", usdPerMinute: "0.2100" },
    cap: { usdPerMinute: "0.1000", scope: "global" },
    detail: "Refused: +18765550123 (Jamaica) costs $0.2100 a minute, above the cap of $0.1000 (global).",
    policyVersion: 12,
  });
  expect(verdictJson(judge.judge({ ...call, from: "200" }))).toMatchObject({
    decision: "allow",
    cap: { usdPerMinute: "0.2100", scope: "extension" },
  });
  expect(verdictJson(judge.judge({ ...call, from: null, digits: "911" }))).toEqual({
    decision: "allow",
    rule: "emergency numbers of US",
    reason: "emergency",
    from: null,
    number: null,
    area: null,
    numberType: null,
    rate: null,
    cap: null,
    detail: "Allowed: 911 is an emergency number.",
    policyVersion: 12,
  });
});
