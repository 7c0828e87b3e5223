import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { preflight } from "../../../src/asterisk/ari/preflight.js";
import { originOf } from "../../../src/asterisk/ari/settings.js";
import { AriServer } from "./ari-server.js";

let server: AriServer;

beforeEach(async () => {
  server = await new AriServer().start();
});
afterEach(() => server.stop());

test("an Asterisk that is ready passes", async () => {
  await expect(preflight(server.settings)).resolves.toBeUndefined();
});

test("a wrong password is named, with the place to look", async () => {
  server.password = "other";
  await expect(preflight(server.settings)).rejects.toMatchObject({
    code: "asterisk-refused",
    message: expect.stringContaining("compare it with ari.conf"),
  });
});

test("a user that may only read is refused", async () => {
  server.readOnly = true;
  await expect(preflight(server.settings)).rejects.toMatchObject({
    code: "asterisk-refused",
    message: expect.stringContaining("read_only=no"),
  });
});

test("a port where nobody listens is unreachable", async () => {
  const settings = server.settings;
  await server.stop();
  await expect(preflight(settings)).rejects.toMatchObject({ code: "asterisk-unreachable" });
  server = await new AriServer().start();
});

test("an Asterisk that takes the request and is silent is unreachable", async () => {
  server.silent.push(/./);
  await expect(preflight(server.settings, 50)).rejects.toMatchObject({
    code: "asterisk-unreachable",
    message: expect.stringContaining("no answer in 50 ms"),
  });
});

test("what is no web server is unreachable", async () => {
  const echo: Server = createServer((socket) => void socket.resume().end("220 mail.example ESMTP\r\n"));
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  await expect(preflight({ ...server.settings, url })).rejects.toMatchObject({
    code: "asterisk-unreachable",
  });
  await new Promise((resolve) => echo.close(resolve));
});

test.each([
  ["127.0.0.1:8088", "write it as http://127.0.0.1:8088"],
  ["ws://127.0.0.1:8088", "write it as http://127.0.0.1:8088"],
  ["", "write it as http://127.0.0.1:8088"],
  ["http://127.0.0.1:8088/ari", "write http://127.0.0.1:8088 alone"],
  ["http://user:secret@127.0.0.1:8088", "write http://127.0.0.1:8088 alone"],
])("the URL %j is refused", (url, advice) => {
  expect(() => originOf(url)).toThrow(advice);
});

test.each(["http://127.0.0.1:8088", "https://pbx.example", "http://[::1]:8088/"])(
  "the URL %s is taken",
  (url) => {
    expect(originOf(url).href).toBe(new URL(url).href);
  },
);
