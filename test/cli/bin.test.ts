import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApi, type TestApi } from "../http/support/api.js";
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
