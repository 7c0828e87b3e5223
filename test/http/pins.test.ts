import { ask, startApi, type TestApi } from "./support/api.js";
import { ringfence } from "../cli/support/run.js";

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.stop());

const send = async (method: string, path: string, body?: unknown) => {
  const { status, text } = await ask({ socketPath: api.socket, method, path }, body);
  return { status, json: JSON.parse(text) as unknown };
};

test("a PIN is made, told once, listed and taken away", async () => {
  const path = "/api/v1/extensions/104/pin";
  expect(await send("PUT", path, {})).toMatchObject({
    status: 200,
    json: { extension: "104", pin: "48291370" },
  });
  const { status, json } = await send("GET", "/api/v1/pins");
  expect(status).toBe(200);
  expect(json).toEqual({
    pins: [{ extension: "104", setAt: "2026-01-31T12:00:00.000Z", setBy: "cli", lastUsedAt: null }],
  });
  expect(await send("DELETE", path)).toEqual({ status: 200, json: { removed: "104" } });
  expect(await send("DELETE", path)).toMatchObject({ status: 404 });
});

test.each([
  ["a weak one", "104", { pin: "123456" }, 422],
  ["a short one", "104", { pin: "4829" }, 400],
  ["a number", "104", { pin: 482_913 }, 400],
  ["an extension that Asterisk has not", "999", {}, 404],
  ["a hostile extension", "1%0a2", {}, 400],
])("%s is refused", async (_, extension, body, status) => {
  expect(await send("PUT", `/api/v1/extensions/${extension}/pin`, body)).toMatchObject({ status });
});

test("the command sets, lists and removes", async () => {
  const run = (...argv: string[]) => ringfence(argv, { socket: api.socket });
  expect(await run("pin", "list")).toMatchObject({
    status: 0,
    out: expect.stringContaining("ringfence pin set EXT"),
  });
  expect((await run("pin", "set", "104")).out).toBe("The PIN of 104 is 48291370. It is not shown again.\n");
  const piped = await ringfence(["pin", "set", "100", "--stdin"], { socket: api.socket, input: "739016\n" });
  expect(piped.out).toBe("The PIN of 100 is set.\n");
  expect((await run("pin", "list")).out).toMatch(/104 +now +cli\S* +never/);
  expect((await run("pin", "remove", "104")).out).toBe("104 has no PIN any more.\n");
  expect((await run("pin", "remove", "104")).status).toBe(1);
});
