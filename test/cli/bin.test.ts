import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, startApi, type TestApi } from "../http/support/api.js";
import { type Bin, compileBin } from "./support/bin.js";

let bin: Bin;
let folder: string;
beforeAll(() => {
  bin = compileBin();
  folder = mkdtempSync(join(tmpdir(), "ringfence-bin-test-"));
});
afterAll(() => {
  bin.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("against a daemon", () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startApi();
  });
  afterEach(() => api.stop());

  test.each([
    [0, ["status", "--json"]],
    [1, ["bans", "lift", "203.0.113.9"]],
    [2, ["bans"]],
    [3, ["status", "--socket", "/nowhere/ringfence.sock"]],
  ])("ends with %i: %j", async (status, argv) => {
    const ran = await bin.run(argv, { RINGFENCE_SOCKET: api.socket });
    expect({ ...ran, status: ran.status }).toEqual({ ...ran, status });
  });

  test("a reader that leaves, as head does, ends it quietly", async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `${index},5550100`);
    const file = join(folder, "rows.csv");
    writeFileSync(file, `from,number\n${rows.join("\n")}\n`);
    const child = bin.start(["check-call", "--batch", file], { RINGFENCE_SOCKET: api.socket });
    let err = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.stdout?.once("data", () => child.stdout?.destroy());
    const status = await new Promise((resolve) => child.once("close", resolve));
    expect({ status, err }).toEqual({ status: 0, err: "" });
  });
});

test("check-config tells every fault with its place", async () => {
  const file = join(folder, "faulty.yaml");
  writeFileSync(file, "ami:\n  prot: 5038\nfirewal: {}\n");
  const ran = await bin.run(["check-config", "--config", file]);
  expect(ran.status).toBe(1);
  expect(ran.out).toMatch(new RegExp(`^${file}:2:3: .*port`, "m"));
  expect(ran.out).toMatch(new RegExp(`^${file}:3:1: .*firewall`, "m"));
  const good = join(folder, "good.yaml");
  writeFileSync(good, "ami: {}\n", { mode: 0o600 });
  const env = { RINGFENCE_AMI_SECRET: "a", RINGFENCE_ARI_PASSWORD: "b" };
  expect(await bin.run(["check-config", "--config", good], env)).toEqual({
    status: 0,
    out: `${good} is good.\n`,
    err: "",
  });
});

test("run serves the API until it is told to stop, with Asterisk away too", async () => {
  const socket = join(folder, "run", "ringfence.sock");
  const file = join(folder, "run.yaml");
  const config = {
    ami: { port: 1, secret: "a" },
    ari: { url: "http://127.0.0.1:1", password: "b" },
    database: join(folder, "ringfence.db"),
    firewall: { backend: "dry-run" },
    http: { socket, listen: null },
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const child = bin.start(["run", "--config", file]);
  let log = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (log += text));
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    await eventually(() => log.includes("Ringfence is up"));
    const status = await bin.run(["status", "--json"], { RINGFENCE_SOCKET: socket });
    expect(JSON.parse(status.out)).toMatchObject({ bansInForce: 0, asterisk: null });
  } finally {
    child.kill("SIGTERM");
  }
  expect(await ended).toBe(0);
}, 60_000);

test("run with a faulty config file ends with all its faults", async () => {
  const file = join(folder, "faulty-run.yaml");
  writeFileSync(file, "ami:\n  prot: 5038\nfirewal: {}\n");
  const ran = await bin.run(["run", "--config", file]);
  expect({ status: ran.status, out: ran.out }).toEqual({ status: 1, out: "" });
  expect(ran.err).toMatch(new RegExp(`^ringfence: ${file}:2:3: `, "m"));
  expect(ran.err).toMatch(new RegExp(`^ringfence: ${file}:3:1: `, "m"));
});
