import { ringfence } from "../cli/support/run.js";
import { ask, startApi, type TestApi } from "./support/api.js";

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.stop());

const PATH = "/api/v1/notifications";
const send = async (method: string, path: string, body?: unknown) => {
  const { status, text } = await ask({ socketPath: api.socket, method, path }, body);
  return { status, json: JSON.parse(text) as Record<string, unknown>, text };
};
const email = {
  host: "mail.example.org",
  user: "u",
  password: "hunter2",
  from: "a@example.org",
  to: ["b@example.org"],
};

test("nothing is set up at first, and every kind is explained", async () => {
  const { status, json } = await send("GET", PATH);
  expect(status).toBe(200);
  expect(json).toMatchObject({ email: null, webhook: null, slack: null, collectMinutes: 10, channels: [] });
  const kinds = json["kinds"] as { kind: string; channels: string[]; why: string }[];
  expect(kinds).toHaveLength(10);
  expect(kinds.find(({ kind }) => kind === "emergency-call")?.channels).toEqual([]);
  expect(kinds.every(({ why }) => why.length > 20)).toBe(true);
});

test("what is set is shown without its secrets; what is left out stays", async () => {
  const set = await send("PUT", PATH, {
    email,
    webhook: { url: "https://hooks.example.org/x" },
    kinds: { spend: ["email"] },
  });
  expect(set.status).toBe(200);
  expect(set.json).toMatchObject({
    email: {
      host: "mail.example.org",
      port: 587,
      security: "starttls",
      password: "stored",
      to: ["b@example.org"],
    },
    webhook: { url: "https://hooks.example.org/x", secret: "stored" },
    newWebhookSecret: "a secret that was made",
    channels: [{ channel: "email", last: null, waiting: 0 }, { channel: "webhook" }],
  });
  expect(set.text).not.toContain("hunter2");
  const again = await send("PUT", PATH, { collectMinutes: 5 });
  expect(again.json).toMatchObject({ collectMinutes: 5, email: { user: "u" } });
  expect(again.text).not.toContain("that was made");
  expect((await send("PUT", PATH, { email: null })).json).toMatchObject({ email: null });
});

test.each<[string, object, number]>([
  ["a header in an address", { email: { ...email, from: "a@example.org\r\nBcc: x@example.org" } }, 400],
  ["two addresses in one", { email: { ...email, to: ["a@example.org, b@example.org"] } }, 400],
  ["nobody to send to", { email: { ...email, to: [] } }, 400],
  ["a password in the open", { email: { ...email, security: "none" } }, 422],
  ["a cloud's own address", { webhook: { url: "http://169.254.169.254/" } }, 422],
  ["a short secret", { webhook: { url: "https://hooks.example.org", secret: "short" } }, 400],
  ["a kind that there is not", { kinds: { "coffee-ready": ["email"] } }, 400],
  ["a channel that there is not", { kinds: { spend: ["pigeon"] } }, 400],
  ["no time at all", { collectMinutes: 0 }, 400],
  ["a key nobody knows", { mail: email }, 400],
])("%s is refused", async (_, body, status) => {
  expect(await send("PUT", PATH, body)).toMatchObject({ status });
});

test("the test button says how it went", async () => {
  const test = { channel: "email" };
  expect(await send("POST", `${PATH}/test`, test)).toMatchObject({ status: 422 });
  await send("PUT", PATH, { email });
  expect(await send("POST", `${PATH}/test`, test)).toMatchObject({
    status: 200,
    json: { ok: true, detail: "It was taken." },
  });
  api.services.delivery = { ok: false, detail: "535 no such password", again: true };
  expect((await send("POST", `${PATH}/test`, test)).json).toEqual({
    ok: false,
    detail: "535 no such password",
  });
  expect((await send("GET", PATH)).json).toMatchObject({
    channels: [
      {
        channel: "email",
        last: { ok: false, detail: "535 no such password" },
        lastOkAt: "2026-01-31T12:00:00.000Z",
      },
    ],
  });
});

test("the command shows, sets and tries out", async () => {
  const run = (argv: string[], input = "") => ringfence(argv, { socket: api.socket, input });
  expect((await run(["notifications", "show"])).out).toContain("Nobody is told anything");
  const set = await run(
    ["notifications", "set", "-"],
    JSON.stringify({ email, webhook: { url: "https://hooks.example.org/x" } }),
  );
  expect(set.out).toContain("email: b@example.org through mail.example.org:587 (starttls)");
  expect(set.out).toContain("The webhook's secret is a secret that was made. It is not shown again.");
  expect((await run(["notifications", "kind", "emergency-call", "email"])).out).toMatch(
    /emergency-call +email /,
  );
  expect((await run(["notifications", "kind", "call-script"])).out).toMatch(/call-script +nowhere /);
  expect(await run(["notifications", "kind", "coffee"])).toMatchObject({ status: 2 });
  expect(await run(["notifications", "test", "email"])).toMatchObject({
    status: 0,
    out: "Sent. It was taken.\n",
  });
  api.services.delivery = { ok: false, detail: "535 no\u001b[31m", again: true };
  expect(await run(["notifications", "test", "email"])).toMatchObject({ status: 1 });
  expect((await run(["notifications", "show"])).out).toMatch(/email, now: 535 no/);
  expect(await run(["notifications", "set", "-"], "{")).toMatchObject({ status: 2 });
});
