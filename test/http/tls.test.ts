import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { readTls } from "../../src/http/tls.js";
import { makeCertificate } from "./support/certificate.js";
import { eventually, startApi, type TestApi } from "./support/api.js";

const made = mkdtempSync(join(tmpdir(), "ringfence-certificates-"));
afterAll(() => rmSync(made, { recursive: true }));

const [first, second] = [makeCertificate(made, "first.example"), makeCertificate(made, "second.example")];

let folder: string;
let files: { readonly cert: string; readonly key: string };
let api: TestApi;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-tls-"));
  files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  put(first);
  api = await startApi({ tls: files });
});
afterEach(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});

function put(of: typeof first): void {
  cpSync(of.cert, files.cert);
  cpSync(of.key, files.key);
}

/** Whose certificate a new connection is shown. */
function shown(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: "127.0.0.1", port: api.running.tcpPort ?? 0, rejectUnauthorized: false },
      () => {
        const { subject } = socket.getPeerCertificate();
        socket.destroy();
        resolve(String(subject.CN));
      },
    );
    socket.on("error", reject);
  });
}

test("a request over TLS is answered, with cookies for TLS alone, and plain HTTP is not", async () => {
  await api.services.access.users.add("alice", "admin", "correct horse battery", "test");
  const body = JSON.stringify({ user: "alice", password: "correct horse battery" });
  const cookie = await new Promise<string>((resolve, reject) => {
    const sent = request(
      {
        ...{ host: "127.0.0.1", port: api.running.tcpPort, rejectUnauthorized: false },
        ...{ method: "POST", path: "/api/v1/session" },
        headers: { "content-type": "application/json", "content-length": body.length },
      },
      (response) => {
        response.resume();
        resolve(response.headers["set-cookie"]?.[0] ?? "");
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
  expect(cookie).toMatch(/; Secure/);
  const plain = fetch(`http://127.0.0.1:${api.running.tcpPort}/healthz`);
  await expect(plain).rejects.toThrow("fetch failed");
});

test("a renewed certificate is taken up without a restart", async () => {
  expect(await shown()).toBe("first.example");
  put(second);
  api.running.reload();
  expect(await shown()).toBe("second.example");
  await eventually(() =>
    api.log.lines.some(({ message }) => message === "the web certificate was read anew"),
  );
});

test("the certificate's names are the server's own, those of a renewed one too", async () => {
  const both = () => Promise.all(["first.example", "second.example"].map(statusFor));
  expect(await both()).toEqual([401, 421]);
  put(second);
  api.running.reload();
  expect(await both()).toEqual([421, 401]);
});

test("a renewed certificate is taken up without anybody saying so", async () => {
  put(second);
  let seen = "";
  for (let looks = 0; seen !== "second.example" && looks < 240; looks++) {
    seen = await shown();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(seen).toBe("second.example");
}, 150_000);

/** What is answered to who calls the server by that name. */
function statusFor(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      port: api.running.tcpPort,
      rejectUnauthorized: false,
      path: "/api/docs",
      headers: { host },
    };
    get({ host: "127.0.0.1", ...options }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on("error", reject);
  });
}

test.each([
  ["a key of another certificate", () => cpSync(second.key, files.key)],
  ["half a file", () => writeFileSync(files.cert, "-----BEGIN CERTIFICATE-----\nMIIB")],
  ["no file", () => rmSync(files.cert)],
])("%s: the one before it stays, and the log says so", async (_what, spoil) => {
  spoil();
  api.running.reload();
  expect(await shown()).toBe("first.example");
  const told = api.log.lines.find(({ level }) => level === "error");
  expect(told?.message).toBe("the web certificate can't be used; the one before it stays");
});

test("the daemon does not start with what can't be used, and says which files", () => {
  cpSync(second.key, files.key);
  expect(() => readTls(files)).toThrow(`http.tls: ${files.cert} and ${files.key} can't be used`);
  expect(() => readTls({ ...files, cert: join(folder, "none.pem") })).toThrow("none.pem");
});
