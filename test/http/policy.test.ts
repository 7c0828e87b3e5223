import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { type Answer, ask, startApi, type TestApi } from "./support/api.js";

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  await api.stop();
});

const send = (method: string, path: string, body?: unknown, headers = {}): Promise<Answer> =>
  ask({ socketPath: api.socket, method, path, headers }, body);
const YAML = { "content-type": "application/yaml" };

test("the policy is given as YAML", async () => {
  const answer = await send("GET", "/api/v1/policy");
  expect(answer.headers["content-type"]).toMatch(/^application\/yaml/);
  expect(answer.text).toBe("calling:\n  cap: 0.2500\n");
  const json = await send("GET", "/api/v1/policy?format=json");
  expect(JSON.parse(json.text)).toEqual({ calling: { cap: "0.2500" } });
});

test("a file is put in force, or tried", async () => {
  const tried = await send("PUT", "/api/v1/policy?dryRun=1", "calling: {}", YAML);
  expect(JSON.parse(tried.text)).toEqual({
    dryRun: true,
    changed: 1,
    changes: [{ setting: "calling.cap", before: "0.2500", after: "0.1000" }],
    throwsOut: [],
    warnings: [],
    policyVersion: 12,
  });
  await send("PUT", "/api/v1/policy?nobody=1", "calling: {}", { ...YAML, "ringfence-user": "root" });
  expect(api.services.asked).toEqual([
    { import: "calling: {}", dryRun: true, nobody: false, by: "cli" },
    { import: "calling: {}", dryRun: false, nobody: true, by: "cli:root" },
  ]);
});

test("faults come one by one, with their lines", async () => {
  const answer = await send("PUT", "/api/v1/policy", "fault", YAML);
  expect(answer.status).toBe(422);
  expect(JSON.parse(answer.text)).toMatchObject({
    faults: [{ line: 2, setting: "calling.cap", message: "write an amount" }],
  });
  expect(answer.text).toContain("The file has a fault, and nothing was changed.");
});

test("JSON is no policy file, and an unknown parameter is told", async () => {
  expect((await send("PUT", "/api/v1/policy", { calling: {} })).status).toBe(415);
  expect((await send("PUT", "/api/v1/policy?dry=1", "", YAML)).status).toBe(400);
});

test("the last change is taken back", async () => {
  const answer = await send("POST", "/api/v1/policy/undo", { dryRun: true });
  expect(JSON.parse(answer.text)).toMatchObject({ dryRun: true, undid: "opened JM", changed: 1 });
  expect(api.services.asked).toEqual([{ undo: true, dryRun: true, nobody: false, by: "cli" }]);
});

test("one change is taken back by the number of its audit entry", async () => {
  const answer = await send("POST", "/api/v1/audit/7/undo", {});
  expect(JSON.parse(answer.text)).toMatchObject({ undid: "opened JM", dryRun: false });
  expect((await send("POST", "/api/v1/audit/8/undo", {})).status).toBe(404);
  expect((await send("POST", "/api/v1/audit/x/undo", {})).status).toBe(404);
});

test("a change made on older rules than those in force is refused, and says who was quicker", async () => {
  const by = { atMs: 1, subject: "policy", change: "opened JM", before: null, after: null };
  api.services.audited = [{ id: 9, by: "web:bob", ...by }];
  const put = (version: string) =>
    send("PUT", "/api/v1/cap", { usdPerMinute: "0.1000" }, { "if-match": version });
  const stale = await put('"11"');
  expect(JSON.parse(stale.text)).toMatchObject({
    status: 409,
    code: "stale",
    detail:
      "web:bob changed the rules while you looked at them (you saw version 11, now it is 12): look again, and repeat what you still want.",
  });
  expect((await put('"12"')).status).toBe(200);
  expect((await put("12")).status).toBe(200);
  expect((await put("yesterday")).status).toBe(400);
});

test("a file on the way is not put over what others changed while it came in", async () => {
  const body = "calling: {}";
  const sent = request({
    ...{ socketPath: api.socket, method: "PUT", path: "/api/v1/policy" },
    headers: { ...YAML, "if-match": "12", "content-length": body.length },
  });
  const answered = once(sent, "response");
  sent.write(body.slice(0, 5));
  // The version was sound when the head came in.
  await new Promise((resolve) => setTimeout(resolve, 100));
  api.services.version = 13;
  sent.end(body.slice(5));
  const [response] = (await answered) as [IncomingMessage];
  expect(response.statusCode).toBe(409);
  response.resume();
  expect(api.services.asked).not.toContainEqual(expect.objectContaining({ import: body }));
});

test.each([
  ["cap", "?extension=100"],
  ["limits", ""],
  ["dial-plan", ""],
  ["rate-rules", ""],
  ["detection", ""],
])("what %s says has the version that a change of it is based on", async (what, query) => {
  api.services.version = 31;
  const { policyVersion } = JSON.parse((await send("GET", `/api/v1/${what}${query}`)).text) as {
    policyVersion: unknown;
  };
  expect(policyVersion).toBe(31);
});
